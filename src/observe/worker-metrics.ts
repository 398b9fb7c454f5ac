import { openCalls } from '../calls.ts'
import { withTimeout } from '../with-timeout.ts'
import type { Observe } from './observe.ts'

/** Asked of a worker: its own metrics. */
export const GIVE_METRICS = 'metrics'
/** Asked of the primary: those of the whole service. */
export const SERVICE_METRICS = 'service metrics'

/** Well above what the primary grants each worker, below the 10 s that Prometheus waits. */
const PATIENCE_MS = 5000

/** Makes `/metrics` of this worker answer for the whole service, by asking the primary. */
export function observeService(observe: Observe): Observe {
  const call = openCalls(process, {
    [GIVE_METRICS]: () => observe.metrics.registry.getMetricsAsJSON(),
  })
  const late = () => new Error('the primary did not answer')
  return {
    ...observe,
    exposition: async () => String(await withTimeout(call(SERVICE_METRICS), PATIENCE_MS, late)),
  }
}
