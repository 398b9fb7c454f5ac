import { LabError } from '../errors/lab-error.ts'

/** A load cannot run: the service does not respond or is not a cart service, or the load generator failed. */
export class LoadError extends LabError {
  override readonly name = 'LoadError'
}

/** The reason recorded for a run that the user interrupted. */
export const INTERRUPTED = 'interrupted'

/**
 * The reason why a run ended early; results measured before are kept.
 *
 * @throws the error itself unless it is a LoadError
 */
export function cutOffBy(error: unknown, signal: AbortSignal | undefined): string {
  if (!(error instanceof LoadError)) throw error
  return signal?.aborted ? INTERRUPTED : error.message
}
