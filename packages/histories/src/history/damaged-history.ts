/** A history file that cannot be checked. `message` is one line that names the line of the file. */
export class DamagedHistory extends Error {
  override readonly name = 'DamagedHistory'

  /** @param line counted from 1 */
  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`)
  }
}
