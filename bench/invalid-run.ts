/** The run does not count: wrong responses, a lost write, a failed load generator. `message` is one line. */
export class InvalidRun extends Error {
  override readonly name = 'InvalidRun'
}
