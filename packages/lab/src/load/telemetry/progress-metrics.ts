import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { LOG_SCALE, type LogBuckets } from '../../stats/log-buckets.ts'
import type { RunProgress } from '../generator/messages.ts'

/** The state of a run. */
export interface RunMetrics {
  readonly progress: RunProgress
  readonly attributes: Attributes
  /** Milliseconds since the epoch, as `now`. */
  readonly startedAt: number
  readonly now: number
}

/**
 * The metrics of the last run of each target. Counts are cumulative since its start; the response times are an
 * exponential histogram of microseconds, whose buckets the generators count in.
 *
 * @param current the run that goes on: only it has a rate
 */
export function progressMetrics(
  runs: readonly RunMetrics[],
  current: RunMetrics | undefined,
): MetricData[] {
  if (runs.length === 0) return []
  const common = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const counter = (
    name: string,
    description: string,
    value: (progress: RunProgress) => number,
  ): MetricData => ({
    ...common,
    descriptor: { name, description, unit: '{operation}', valueType: ValueType.INT },
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: runs.map((run) => pointOf(run, value(run.progress))),
  })
  return [
    counter(
      'pushcart.load.operations',
      'Operations that ended, warm-up included.',
      ({ operations }) => operations,
    ),
    counter(
      'pushcart.load.errors',
      'Operations that failed, warm-up included.',
      ({ errors }) => errors,
    ),
    {
      ...common,
      descriptor: {
        name: 'pushcart.load.rate',
        description: 'Operations that ended per second, lately.',
        unit: '{operation}/s',
        valueType: ValueType.DOUBLE,
      },
      dataPointType: DataPointType.GAUGE,
      dataPoints: current === undefined ? [] : [pointOf(current, current.progress.rate)],
    },
    {
      ...common,
      descriptor: {
        name: 'pushcart.load.response_time',
        description: 'Time from the intended send to the response, without the warm-up.',
        unit: 'us',
        valueType: ValueType.DOUBLE,
      },
      dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
      dataPoints: runs.map((run) => pointOf(run, histogramOf(run.progress.buckets ?? []))),
    },
  ]
}

function pointOf<T>({ attributes, startedAt, now }: RunMetrics, value: T) {
  return { startTime: hrTime(startedAt), endTime: hrTime(now), attributes, value }
}

function histogramOf(buckets: LogBuckets) {
  const offset = buckets[0]?.[0] ?? 0
  const last = buckets.at(-1)?.[0] ?? offset - 1
  const bucketCounts = Array.from({ length: last - offset + 1 }, () => 0)
  for (const [index, count] of buckets) bucketCounts[index - offset] = count
  return {
    count: buckets.reduce((sum, [, count]) => sum + count, 0),
    scale: LOG_SCALE,
    zeroCount: 0,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  }
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]
}
