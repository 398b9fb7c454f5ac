import { CsvError, parse } from 'csv-parse/sync'
import { brokenLine, type NumberedLine } from './foreign-lines.ts'
import { isTime, type K6Point } from './k6-points.ts'

const NEEDED = ['metric_name', 'timestamp', 'metric_value'] as const

/**
 * The points of a file of `k6 run --out csv=FILE`. k6 writes one record per line.
 *
 * @throws UsageError with the place of a broken line
 */
export async function* k6CsvPoints(
  path: string,
  lines: AsyncIterable<NumberedLine>,
): AsyncGenerator<K6Point> {
  let columns: readonly string[] | undefined
  for await (const { number, text } of lines) {
    if (text.trim() === '') continue
    const fields = fieldsOf(path, number, text)
    if (columns === undefined) {
      columns = fields
      const lacking = NEEDED.find((name) => !fields.includes(name))
      if (lacking !== undefined) throw brokenLine(path, number, `no column ${lacking}`)
      continue
    }
    if (fields.length !== columns.length)
      throw brokenLine(path, number, `${fields.length} fields instead of ${columns.length}`)
    const tags = Object.fromEntries(columns.map((name, index) => [name, fields[index]]))
    const { metric_name: metric = '', timestamp = '', metric_value = '' } = tags
    const [time, value] = [timeOf(timestamp), Number(metric_value)]
    if (metric === '' || !isNumber(metric_value) || !isTime(time) || !Number.isFinite(value))
      throw brokenLine(path, number, 'not a point of k6')
    yield { metric, time, value, tags }
  }
}

function fieldsOf(path: string, number: number, text: string): string[] {
  try {
    return parse(text)[0] ?? []
  } catch (error) {
    if (error instanceof CsvError) throw brokenLine(path, number, 'not CSV')
    throw error
  }
}

/** Above this, a number of seconds would be a year beyond 5000; such numbers are finer units. */
const MAX_SECONDS = 1e11
/** Milliseconds, microseconds, nanoseconds. */
const FINER_UNITS = 3

/** Milliseconds of any of k6's time formats (K6_CSV_TIME_FORMAT): a number of seconds or finer, or RFC 3339. */
function timeOf(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) return Date.parse(text)
  let time = Number(text)
  for (let finer = 0; finer < FINER_UNITS && time > MAX_SECONDS; finer++) time /= 1000
  return 1000 * time
}

/** Without a sign, which no value of k6 has. */
function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)
}
