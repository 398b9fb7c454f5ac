/** Where a command prints, and what interrupts it. */
export interface CommandIo {
  /** Prints a line of the result. */
  out(line: string): void
  /** Prints a line about the run: progress, warnings, errors. */
  err(line: string): void
  /** Aborted by Ctrl-C: the command keeps what it measured and ends. */
  signal?: AbortSignal | undefined
}
