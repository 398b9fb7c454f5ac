/** A terminal on which a line can be redrawn. */
export interface TerminalLine {
  write(text: string): void
  readonly columns: number
}

/** Moves to the start of the line and erases it. */
export const ERASE_LINE = '\r\u001b[2K'

/** Standard error if a line can be redrawn on it: not in a file, a pipe, or a terminal that only prints. */
export function standardError(): TerminalLine | null {
  const { stderr } = process
  if (stderr.isTTY !== true || process.env.TERM === 'dumb') return null
  return {
    write: (text) => void stderr.write(text),
    get columns() {
      return stderr.columns || 80
    },
  }
}
