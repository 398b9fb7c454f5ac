import type { Gauge, LabelValues, Registry } from 'prom-client'

const STATISTICS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99']
/** The value of an empty histogram's minimum is 2^63 - 1 nanoseconds. */
const MAX_SECONDS = 3600

/**
 * Keeps the figures of the previous scrape where a scrape has no samples. prom-client resets its histogram of event-loop
 * lag at every scrape, so that the second of two scrapes within 10 ms would report NaN and 9.2e9 seconds.
 */
export function keepLastLag(registry: Registry): void {
  for (const statistic of STATISTICS) {
    const gauge = registry.getSingleMetric(`nodejs_eventloop_lag_${statistic}_seconds`) as
      | Gauge
      | undefined
    if (gauge === undefined) continue
    const set = gauge.set.bind(gauge)
    gauge.set = (labels: LabelValues<string> | number, value?: number) => {
      if (typeof labels !== 'number' && value !== undefined && value < MAX_SECONDS)
        set(labels, value)
    }
  }
}
