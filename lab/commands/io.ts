/** What a command needs of its surroundings, so that tests can stand in for a terminal. */
export interface CommandIo {
  /** Prints a line of the result. */
  out(line: string): void
  /** Prints a line about the run itself: progress, warnings, errors. */
  err(line: string): void
  /** Aborted by Ctrl-C: the command keeps what it measured and ends. */
  signal?: AbortSignal | undefined
}
