import { addTimes } from '../../stats/rescale-histogram.ts'
import type { ImportedResult, TimeUnit } from '../imported-result.ts'
import { brokenLine, type NumberedLine } from './foreign-lines.ts'
import { createForeignTally, emptyTally, entryOf, figuresOf } from './foreign-tally.ts'
import { HDR_MISSING, PER_US } from './histogram-units.ts'

const HEAD = /^\s*"?Value"?[\s,]+"?Percentile"?[\s,]+"?TotalCount"?/
const ROW =
  /^\s*(\d+(?:\.\d+)?)[\s,]+(\d+(?:\.\d+)?)[\s,]+(\d+)(?:[\s,]+(?:\d+(?:\.\d+)?|inf|Infinity))?\s*$/i

/**
 * A percentile distribution: a file `.hgrm`, or the output of `wrk2 --latency`, of which the first spectrum is read.
 *
 * @param unit of its values; milliseconds by default, as wrk2 and the plotter have them
 * @throws UsageError with the place of a broken line
 */
export async function readPercentiles(
  path: string,
  lines: AsyncIterable<NumberedLine>,
  unit: TimeUnit = 'ms',
): Promise<Omit<ImportedResult, 'format' | 'version'> | null> {
  const tally = createForeignTally()
  const counted = entryOf(tally.operations, 'all', () => emptyTally(false))
  let found = false
  for await (const { value, count } of rowsOf(path, lines)) {
    found = true
    addTimes(counted.times, value / PER_US[unit], count - counted.count)
    counted.count = count
  }
  if (!found) return null
  return {
    source: { kind: 'HdrHistogram percentiles', file: '', unit },
    started_at: null,
    duration_s: null,
    rate: null,
    dropped: null,
    ...figuresOf(tally),
    missing: [
      ...HDR_MISSING,
      { what: 'intervals and rate', why: 'a distribution has no times of day' },
      {
        what: 'times between the listed percentiles',
        why: 'each counts as the next higher value that is listed',
      },
    ],
  }
}

/** The lines of the first spectrum: a value, and how many are at most as large. */
async function* rowsOf(path: string, lines: AsyncIterable<NumberedLine>) {
  let inside = false
  let [number, count] = [0, 0]
  for await (const line of lines) {
    number = line.number
    const { text } = line
    const total = /^#\[.*Total count *= *(\d+)/.exec(text)?.[1]
    if (!inside) inside = HEAD.test(text)
    else if (total !== undefined) {
      if (Number(total) === count) return
      throw brokenLine(path, number, `the total count is ${total}, and the lines have ${count}`)
    } else if (text.trim() !== '' && !text.startsWith('#')) {
      const row = rowOf(path, line, count)
      count = row.count
      yield row
    }
  }
  if (inside) throw brokenLine(path, number, 'ends before the total count')
}

function rowOf(path: string, { number, text }: NumberedLine, before: number) {
  const [, value, , count] = ROW.exec(text) ?? []
  if (value === undefined || Number(count) < before)
    throw brokenLine(path, number, 'not a line of a percentile distribution')
  return { value: Number(value), count: Number(count) }
}
