import { type LoadResult, requireLoadResult } from '../../packages/lab/src/results/load-result.ts'
import { completeSpec, type LoadSpec } from '../../packages/lab/src/results/load-spec.ts'
import {
  createHistogram,
  encodeHistogram,
  recordTime,
} from '../../packages/lab/src/stats/histogram.ts'

/** What differs from a whole, valid run of 1,000 operations at 100 per second, gets and adds half and half. */
export interface LoadResultTraits {
  readonly spec?: Partial<LoadSpec>
  readonly valid?: boolean
  /** How busy an invalid run says that its generator was, percent. */
  readonly busy?: number
  readonly partial?: boolean
  /** Whether the warm-up ended without a trend. */
  readonly steady?: boolean
  /** Response times, milliseconds. */
  readonly p50?: number
  readonly p99?: number | null
  readonly failed?: number
  readonly achieved?: number
  /** Operations per second that were offered, of an open loop; 100 when left out. */
  readonly offered?: number
}

/** A load result as `runLoad` makes it, checked by the published schema. */
export function loadResult(traits: LoadResultTraits = {}): LoadResult {
  const { valid = true, busy = 99, partial = false, p50 = 2, failed = 0, achieved = 100 } = traits
  const p99 = traits.p99 === undefined ? 4 * p50 : traits.p99
  const spec = completeSpec({ rate: 100, duration_s: 10, mix: 'read-heavy', ...traits.spec })
  const histogram = createHistogram()
  for (let sample = 0; sample < 1000; sample++)
    recordTime(histogram, 1000 * (sample < 985 ? p50 : (p99 ?? p50)))
  const encoded = encodeHistogram(histogram)
  const latency = {
    count: 1000,
    mean: p50,
    p50,
    p90: p50,
    p95: p50,
    p99,
    p999: null,
    max: p99 ?? p50,
  }
  const figures = {
    count: 1000,
    succeeded: 1000 - failed,
    failed,
    outcomes: [{ kind: 'ok' as const, name: 'ok', count: 1000 - failed }],
    response_time: latency,
    service_time: latency,
    histograms: { response_time: encoded, service_time: encoded },
  }
  return requireLoadResult({
    format: 'pushcart load result',
    version: 1,
    started_at: '2026-01-01T00:00:00.000Z',
    valid,
    invalid_because: valid ? [] : [`the generator was busy ${busy} % of the time (at most 90 %)`],
    partial,
    cut_off: partial ? 'interrupted' : null,
    spec,
    schedule_sha256: 'a'.repeat(64),
    target: { url: 'http://127.0.0.1:1' },
    warm_up: {
      seconds: 3,
      ended_by: traits.steady === false ? 'time' : 'steady',
      trend_p: { p50: traits.steady === false ? 0.001 : 0.5, rate: 0.5 },
      windows: [],
    },
    measured_s: 10,
    offered_rate: spec.loop === 'open' ? (traits.offered ?? 100) : null,
    achieved_rate: achieved,
    retries: 0,
    overall: figures,
    operations: [
      { operation: 'add_items', ...figures },
      { operation: 'get_cart', ...figures },
    ],
    series: [
      {
        second: 3,
        count: 100,
        ended: 100,
        errors: failed,
        p50,
        p99,
        max: p99,
        lag_max: 0,
        utilisation: 0.1,
      },
    ],
    generator: { utilisation: 0.1, cpu_s: 1, lag: latency, connections_opened: 32 },
    environment: {
      pushcart_version: '0.1.0',
      system: 'Linux',
      cpu: 'test',
      cores: 2,
      memory_gib: 4,
      node: 'v26',
    },
  })
}
