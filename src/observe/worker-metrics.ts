import { openCalls } from '../calls.ts'
import { withTimeout } from '../with-timeout.ts'
import type { Observe } from './observe.ts'

/** The function of a worker that returns its metrics. */
export const GIVE_METRICS = 'metrics'
/** The function of the primary that returns the metrics of the whole service. */
export const SERVICE_METRICS = 'service metrics'

/** Above the primary's timeout for each worker, below the 10 s that Prometheus waits. */
const PRIMARY_TIMEOUT_MS = 5000

/** Makes `/metrics` of this worker return the metrics of the whole service, which the primary merges. */
export function observeService(observe: Observe): Observe {
  const call = openCalls(process, {
    [GIVE_METRICS]: () => observe.metrics.registry.getMetricsAsJSON(),
  })
  const late = () => new Error('the primary did not respond')
  return {
    ...observe,
    exposition: async () =>
      String(await withTimeout(call(SERVICE_METRICS), PRIMARY_TIMEOUT_MS, late)),
  }
}
