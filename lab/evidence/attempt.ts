import { UnreachableError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { LoadError } from '../load/run-load.ts'
import { probe } from '../services/probe.ts'
import type { Target } from '../services/target.ts'

/** Runs of which one that cannot be made must not cost what was measured before. */
export interface Attempts {
  /** Makes a run; `null` where it cannot be made, or a service is gone. */
  attempt<T>(target: Target, what: string, run: () => Promise<T>): Promise<T | null>
  /** Whether a service still answers. */
  isThere(target: Target): Promise<boolean>
  /** Which service is gone, and how that showed, in one line; `null` while all answer. */
  gone(): string | null
}

/** @param onSkipped told in one line why a run could not be made, unless the user interrupted it */
export function createAttempts({
  signal,
  onSkipped,
}: {
  readonly signal?: AbortSignal | undefined
  readonly onSkipped?: ((reason: string) => void) | undefined
}): Attempts {
  let gone: string | null = null

  async function isThere({ url }: Target): Promise<boolean> {
    if (gone !== null || signal?.aborted) return gone === null
    try {
      await probe(url, signal)
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      if (!signal?.aborted) gone = error.message
    }
    return gone === null
  }

  return {
    isThere,
    gone: () => gone,
    async attempt(target, what, run) {
      if (gone !== null || signal?.aborted) return null
      try {
        return await run()
      } catch (error) {
        if (!(error instanceof LoadError || error instanceof UsageError)) throw error
        if (!signal?.aborted && (await isThere(target)))
          onSkipped?.(`${what}, ${target.side.label}: ${error.message}`)
        return null
      }
    },
  }
}
