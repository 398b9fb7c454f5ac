/** A load could not be run: nothing answers, what answers is no cart service, or no generator. `message` is one line. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

/**
 * Why a run ended before its time, when it could not go on: what was measured before is kept.
 *
 * @throws the error itself when it is none of a load
 */
export function cutOffBy(error: unknown, signal: AbortSignal | undefined): string {
  if (!(error instanceof LoadError)) throw error
  return signal?.aborted ? 'interrupted' : error.message
}
