/** A load could not be run: nothing answers, what answers is no cart service, or no generator. `message` is one line. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}
