import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { LOG_SCALE, type LogBuckets } from '../../stats/log-buckets.ts'
import type { RunProgress } from '../run-load.ts'

/**
 * The metrics of a load at one moment. Counts are cumulative since its start; the response times are an exponential
 * histogram of microseconds, whose buckets the generators count in.
 *
 * @param startedAt milliseconds since the epoch, as `now`
 */
export function progressMetrics(
  progress: RunProgress,
  attributes: Attributes,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): MetricData[] {
  const at = { startTime: hrTime(startedAt), endTime: hrTime(now), attributes }
  const common = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const counter = (name: string, description: string, value: number): MetricData => ({
    ...common,
    descriptor: { name, description, unit: '{operation}', valueType: ValueType.INT },
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [{ ...at, value }],
  })
  const { operations, errors, rate, buckets = [] } = progress
  return [
    counter('pushcart.load.operations', 'Operations that ended, warm-up included.', operations),
    counter('pushcart.load.errors', 'Operations that failed, warm-up included.', errors),
    {
      ...common,
      descriptor: {
        name: 'pushcart.load.rate',
        description: 'Operations that ended per second, lately.',
        unit: '{operation}/s',
        valueType: ValueType.DOUBLE,
      },
      dataPointType: DataPointType.GAUGE,
      dataPoints: [{ ...at, value: rate }],
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
      dataPoints: [{ ...at, value: histogramOf(buckets) }],
    },
  ]
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
