import { LoadError } from '../errors/load-error.ts'
import type { LoadResult } from '../results/load-result.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { buildResult } from './build-result.ts'
import { type GenerateOptions, generate } from './generator/generate.ts'
import type { RunProgress } from './generator/messages.ts'
import { requireSplit } from './generators.ts'
import type { HealthLimits } from './health.ts'
import { accessFor, type LoadTarget } from './load-target.ts'
import { checkService, type PrepareProgress, prepareCarts } from './prepare.ts'
import type { LoadTelemetry } from './telemetry/load-telemetry.ts'

/*
 * The terms of lab/load:
 *
 * spec           the description of a load, as plain data (`LoadSpec`); `completeSpec` adds the defaults
 * schedule       the steps of a spec: each has an operation, a cart, a payload and, in the open loop, an intended
 *                start. The same spec gives the same schedule and the same hash anywhere
 * open loop      steps start at their intended times, whether the service keeps up or not
 * closed loop    each connection starts a step when its previous one has ended
 * slot           the place of a cart in the schedule, which cannot know ids; a shopper is a slot too
 * response time  from the intended start to the end of the response: what a customer waits (no coordinated omission)
 * service time   from the send to the end of the response, without the wait for a connection
 * lag            how late the generator sent a step that could have been sent; no part of any verdict on the service.
 *                Beyond `HEALTH_LIMITS` the run is invalid
 * outcome        how an operation ended; nothing is retried, everything is counted
 * warm-up        steps of a separate schedule before the measured ones: in `series`, in no other figure; see
 *                `generator/warm-up.ts` for when it ends
 * share          the part of a schedule that one of several generators executes: all operations of its carts or shoppers
 * valid          the generator was not the bottleneck. An invalid run says nothing about the service
 * partial        the run ended early: it was interrupted, or the service no longer responded
 */

export { LoadError } from '../errors/load-error.ts'
export type { RunProgress } from './generator/messages.ts'
export { type PrepareProgress, prepareCarts } from './prepare.ts'
export { scheduleHash } from './schedule/hash.ts'

export type LoadProgress = PrepareProgress | RunProgress

export interface RunLoadOptions extends Pick<GenerateOptions, 'keepsTimes'> {
  /** How many processes share the load; 1 by default. See `chooseGenerators`. */
  readonly generators?: ((spec: LoadSpec) => number) | undefined
  /** Ends the run: the result has what was measured until then and is `partial`. */
  readonly signal?: AbortSignal | undefined
  /** While carts are prepared, then about twice a second. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  readonly limits?: HealthLimits | undefined
  /** Gets the progress of the run, to send it as metrics. */
  readonly telemetry?: Pick<LoadTelemetry, 'begin'> | undefined
}

/**
 * Runs a load against one service: checks the service, prepares carts, generates the load in separate processes, and
 * judges the generators. The same spec gives two services the same load.
 *
 * @param spec from `completeSpec`
 * @throws UsageError when the spec does not fit the service; LoadError when the service does not respond or is no cart
 *   service, or when `signal` was aborted before anything was measured
 */
export async function runLoad(
  spec: LoadSpec,
  target: LoadTarget,
  options: RunLoadOptions = {},
): Promise<LoadResult> {
  const { url } = target
  const { signal, limits, keepsTimes, generators = () => 1 } = options
  const count = generators(spec)
  requireSplit(spec, count)
  let carts = target.carts
  try {
    if (carts === undefined) {
      await checkService(spec, target, signal)
      carts = await prepareCarts(spec, target, options)
    }
  } catch (error) {
    if (signal?.aborted) throw new LoadError('interrupted before anything was measured')
    throw error
  }
  const reached = { ...accessFor(spec, target), carts }
  const report = await generate(spec, reached, {
    ...options,
    ...watchedBy(options, target),
    generators: count,
  })
  return buildResult(spec, url, report, { limits, keepsTimes })
}

/** The options of `generate` for a run whose progress is also sent as metrics. */
export function watchedBy(
  { telemetry, onProgress }: Pick<RunLoadOptions, 'telemetry' | 'onProgress'>,
  target: Pick<LoadTarget, 'url' | 'name'>,
): Pick<GenerateOptions, 'onProgress' | 'sendsBuckets'> {
  const send = telemetry?.begin(target)
  if (send === undefined) return { onProgress }
  return {
    sendsBuckets: true,
    onProgress(progress) {
      send(progress)
      onProgress?.(progress)
    },
  }
}
