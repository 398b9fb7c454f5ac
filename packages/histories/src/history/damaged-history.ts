/** A file that cannot be read as a history. `message` is one line with the line number of the file. */
export class DamagedHistory extends Error {
  override readonly name = 'DamagedHistory'

  /** @param line counted from 1 */
  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`)
  }
}
