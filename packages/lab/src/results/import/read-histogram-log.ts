import { decodeHistogram, type Histogram } from '../../stats/histogram.ts'
import { inMicroseconds } from '../../stats/rescale-histogram.ts'
import type { ImportedResult, TimeUnit } from '../imported-result.ts'
import { brokenLine, type NumberedLine } from './foreign-lines.ts'
import { createForeignTally, emptyTally, entryOf, figuresOf } from './foreign-tally.ts'
import { HDR_MISSING, PER_US } from './histogram-units.ts'

interface Interval {
  readonly tag: string
  /** Seconds from the start, or since the epoch. */
  readonly start: number
  readonly length: number
  /** The maximum, in the unit that the writer chose, milliseconds as a rule. */
  readonly max: number
  readonly times: Histogram
}

/**
 * The histograms of a log (`.hlog`), by tag and interval.
 *
 * @param unit of its values; by default found from the maximum of each line, which writers give in milliseconds
 * @throws UsageError with the place of a broken line
 */
export async function readHistogramLog(
  path: string,
  lines: AsyncIterable<NumberedLine>,
  unit: TimeUnit | undefined,
): Promise<Omit<ImportedResult, 'format' | 'version'> | null> {
  const intervals: Interval[] = []
  let startTime: number | null = null
  for await (const { number, text } of lines) {
    const stated = /^#\[(?:StartTime|BaseTime): *(\d+(?:\.\d+)?)/.exec(text)?.[1]
    if (stated !== undefined) startTime = Number(stated)
    if (/^\s*(#.*|"StartTimestamp".*)?$/.test(text)) continue
    intervals.push(intervalOf(path, number, text))
  }
  const first = intervals[0]
  if (first === undefined) return null
  const used = unit ?? unitOf(intervals)
  // Without a base, timestamps since the epoch are the rule.
  const isEpoch = first.start > 1e9
  const start = isEpoch ? first.start : 0
  const tally = createForeignTally()
  for (const { tag, ...interval } of intervals) {
    const times = inMicroseconds(interval.times, PER_US[used])
    const second = Math.round(1000 * (interval.start - start)) / 1000
    const length_s = interval.length
    for (const counted of [
      entryOf(tally.operations, tag, () => emptyTally(false)),
      entryOf(tally.intervals, second, () => ({ ...emptyTally(false), length_s })),
    ]) {
      counted.count += times.totalCount
      counted.times.add(times)
    }
  }
  const figures = figuresOf(tally)
  const end = Math.max(...intervals.map((interval) => interval.start + interval.length))
  const duration = end - first.start
  const since = isEpoch ? first.start : startTime
  return {
    source: { kind: 'HdrHistogram log', file: '', unit: used },
    started_at: since === null ? null : new Date(1000 * since).toISOString(),
    duration_s: duration,
    rate: duration > 0 ? figures.overall.count / duration : null,
    dropped: null,
    ...figures,
    missing: HDR_MISSING,
  }
}

function intervalOf(path: string, number: number, text: string): Interval {
  const match = /^(?:Tag=([^,]+),)?([\d.]+),([\d.]+),([\d.]+),(\S+)\s*$/.exec(text)
  const [, tag = 'all', start, length, max, encoded = ''] = match ?? []
  const numbers = [start, length, max].map(Number)
  if (match === null || numbers.some(Number.isNaN))
    throw brokenLine(path, number, 'not an interval of an HdrHistogram log')
  try {
    const times = decodeHistogram(encoded)
    const [from = 0, took = 0, most = 0] = numbers
    return { tag, start: from, length: took, max: most, times }
  } catch {
    throw brokenLine(path, number, 'the histogram cannot be decoded, or is truncated')
  }
}

/** The unit whose scale fits the maxima of the lines, taken as milliseconds. */
function unitOf(intervals: readonly Interval[]): TimeUnit {
  const shown = intervals.reduce((most, next) => (next.max > most.max ? next : most))
  if (!(shown.max > 0)) return 'us'
  const power = Math.log10(shown.times.maxValue / shown.max)
  if (power > 4.5) return 'ns'
  return power > 1.5 ? 'us' : 'ms'
}
