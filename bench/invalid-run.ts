/** The run cannot be counted: wrong answers, a lost write, a generator that failed. `message` is one line. */
export class InvalidRun extends Error {
  override readonly name = 'InvalidRun'
}
