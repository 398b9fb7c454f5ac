import { UsageError } from '../http/usage-error.ts'
import { LoadError } from '../load/run-load.ts'

/** Makes a run; `null` where it cannot be made: what was measured before must not be lost for it. */
export type Attempt = <T>(phase: string, run: () => Promise<T>) => Promise<T | null>

/** @param onSkipped told in one line why a run could not be made, unless the user interrupted it */
export function attempting({
  signal,
  onSkipped,
}: {
  readonly signal?: AbortSignal | undefined
  readonly onSkipped?: ((reason: string) => void) | undefined
}): Attempt {
  return async (phase, run) => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof LoadError || error instanceof UsageError)) throw error
      if (!signal?.aborted) onSkipped?.(`${phase}: ${error.message}`)
      return null
    }
  }
}
