import { probe } from '../compare/probe.ts'
import type { Target } from '../compare/target.ts'
import { UsageError } from '../http/usage-error.ts'
import { LoadError } from '../load/run-load.ts'

/**
 * Makes a run; `null` where it cannot be made: what was measured before must not be lost for it.
 *
 * @throws UnreachableError when the service is gone
 */
export type Attempt = <T>(target: Target, phase: string, run: () => Promise<T>) => Promise<T | null>

/** @param onSkipped told in one line why a run could not be made, unless the user interrupted it */
export function attempting({
  signal,
  onSkipped,
}: {
  readonly signal?: AbortSignal | undefined
  readonly onSkipped?: ((reason: string) => void) | undefined
}): Attempt {
  return async ({ side, url }, what, run) => {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof LoadError || error instanceof UsageError)) throw error
      if (signal?.aborted) return null
      await probe(url, signal)
      onSkipped?.(`${what}, ${side.label}: ${error.message}`)
      return null
    }
  }
}
