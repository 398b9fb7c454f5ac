import { samplesFor } from '../../stats/histogram.ts'
import { addLogBuckets, logPercentile } from '../../stats/log-buckets.ts'
import type { RunProgress } from './messages.ts'

/** The progress of several generators as that of one. @param all at least one */
export function mergeProgress(all: readonly RunProgress[]): RunProgress {
  const [first, ...others] = all as [RunProgress, ...RunProgress[]]
  if (others.length === 0 && first.buckets === undefined) return first
  const sum = (of: (progress: RunProgress) => number) =>
    all.reduce((total, progress) => total + of(progress), 0)
  const buckets = addLogBuckets(all.map((progress) => progress.buckets ?? []))
  const ms = (percentile: number) => {
    const time = logPercentile(buckets, percentile, samplesFor(percentile))
    return time === null ? null : time / 1000
  }
  return {
    ...first,
    operations: sum(({ operations }) => operations),
    errors: sum(({ errors }) => errors),
    rate: sum(({ rate }) => rate),
    p50: ms(50),
    p99: ms(99),
    buckets,
  }
}
