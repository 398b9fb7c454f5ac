import { buildResult } from './build-result.ts'
import { generate } from './generator/generator-client.ts'
import type { RunProgress } from './generator/messages.ts'
import type { HealthLimits } from './health.ts'
import { LoadError } from './load-error.ts'
import type { LoadResult } from './load-result.ts'
import type { LoadSpec } from './load-spec.ts'
import { checkService, type PrepareProgress, prepareCarts } from './prepare.ts'

/*
 * The words of lab/load:
 *
 * spec           what load is wanted, as plain data (`LoadSpec`); `completeSpec` fills in what is left out
 * schedule       what the spec's seed makes of it: a list of steps, each with operation, cart, payload and, in the
 *                open loop, its intended start. The same spec gives the same schedule and the same hash anywhere
 * open loop      steps start when the schedule says so, whether the service keeps up or not
 * closed loop    each connection starts a step when its last one has ended
 * slot           the place of a cart in the schedule, which cannot know ids; a shopper is a slot too
 * response time  from the intended start to the whole answer: what a customer waits. A stall is charged to the service
 * service time   from the send to the whole answer: what the service took, however long the step had to wait before
 * lag            how late a step was sent that could have been sent: the generator's own fault, part of no verdict
 *                on the service. Beyond `HEALTH_LIMITS` the run is invalid
 * outcome        how an operation ended; nothing is repeated, everything is counted
 * warm-up        steps of a schedule of its own that go before: sent and in `series`, in no other figure. A rule ends it,
 *                see `generator/warm-up.ts`
 * valid          the generator was not the bottleneck. An invalid run says nothing of the service
 * partial        the run ended before its time: it was interrupted, or nothing answered any more
 */

export type { RunProgress } from './generator/messages.ts'
export { LoadError } from './load-error.ts'
export { type PrepareProgress, prepareCarts } from './prepare.ts'
export { scheduleHash } from './schedule/hash.ts'

export interface LoadTarget {
  /** URL of the service. */
  readonly url: string
  /** Carts from `prepareCarts` with the same spec, to use them for several runs; prepared anew when left out. */
  readonly carts?: readonly (string | null)[] | undefined
}

export type LoadProgress = PrepareProgress | RunProgress

export interface RunLoadOptions {
  /** Ends the run: the result holds what was measured until then and is `partial`. */
  readonly signal?: AbortSignal | undefined
  /** While carts are prepared, then about twice a second. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly limits?: HealthLimits | undefined
}

/**
 * Runs a load against one service: looks whether it is one, prepares carts, drives it from a process of its own, and
 * judges the generator. Two services are given the same load by the same spec.
 *
 * @param spec from `completeSpec`
 * @throws UsageError when the spec does not fit the service; LoadError when the service does not answer or is no cart
 *   service, or when `signal` was aborted before anything was measured
 */
export async function runLoad(
  spec: LoadSpec,
  target: LoadTarget,
  options: RunLoadOptions = {},
): Promise<LoadResult> {
  const { url } = target
  const { signal } = options
  let carts = target.carts
  try {
    if (carts === undefined) {
      await checkService(spec, url, signal)
      carts = await prepareCarts(spec, url, options)
    }
  } catch (error) {
    if (signal?.aborted) throw new LoadError('interrupted before anything was measured')
    throw error
  }
  const report = await generate(spec, url, carts, options)
  return buildResult(spec, url, report, options.limits)
}
