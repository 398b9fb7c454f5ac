import { basename } from 'node:path'
import { UsageError } from '../../errors/usage-error.ts'
import type { ForeignKind, ImportedResult, TimeUnit } from '../imported-result.ts'
import { linesOf, type NumberedLine } from './foreign-lines.ts'
import { createK6Points, K6_DURATION, type K6Point } from './k6-points.ts'
import { readHistogramLog } from './read-histogram-log.ts'
import { k6CsvPoints } from './read-k6-csv.ts'
import { k6NdjsonPoints } from './read-k6-ndjson.ts'
import { readPercentiles } from './read-percentiles.ts'

/**
 * Reads a file of another load generator. Its first line shows what it is.
 *
 * @param unit of the values of an HdrHistogram file, where it is not the usual one
 * @throws UsageError in one line, with the place of a broken line
 */
export async function importFile(path: string, unit?: TimeUnit): Promise<ImportedResult> {
  const kind = await kindOf(path)
  if (unit !== undefined && kind.startsWith('k6'))
    throw new UsageError('unit: does not apply to files of k6, whose times are milliseconds')
  const found = await read(path, kind, unit)
  if (found === null) throw new UsageError(`${path}: ${NOTHING[kind]}`)
  return {
    format: 'pushcart imported result',
    version: 1,
    ...found,
    source: { ...found.source, file: basename(path) },
  }
}

const NOTHING: Readonly<Record<ForeignKind, string>> = {
  'k6 NDJSON': `no points of ${K6_DURATION}`,
  'k6 CSV': `no points of ${K6_DURATION}`,
  'HdrHistogram log': 'no intervals',
  'HdrHistogram percentiles':
    'neither points of k6 (NDJSON, CSV) nor a file of HdrHistogram (.hlog, .hgrm)',
}

async function kindOf(path: string): Promise<ForeignKind> {
  for await (const { text } of linesOf(path)) {
    if (text.trim() === '') continue
    if (text.startsWith('{')) return 'k6 NDJSON'
    if (text.startsWith('metric_name,')) return 'k6 CSV'
    if (/^(#\[|"StartTimestamp"|(Tag=[^,]+,)?[\d.]+,[\d.]+,[\d.]+,)/.test(text))
      return 'HdrHistogram log'
    return 'HdrHistogram percentiles'
  }
  throw new UsageError(`${path}: the file is empty`)
}

async function read(path: string, kind: ForeignKind, unit: TimeUnit | undefined) {
  const lines = linesOf(path)
  if (kind === 'HdrHistogram log') return readHistogramLog(path, lines, unit)
  if (kind === 'HdrHistogram percentiles') return readPercentiles(path, lines, unit)
  return readK6(path, kind, lines)
}

async function readK6(
  path: string,
  kind: 'k6 NDJSON' | 'k6 CSV',
  lines: AsyncIterable<NumberedLine>,
) {
  const points = createK6Points()
  const read: AsyncIterable<K6Point> =
    kind === 'k6 CSV' ? k6CsvPoints(path, lines) : k6NdjsonPoints(path, lines)
  for await (const point of read) points.add(point)
  const figures = points.result()
  return figures === null ? null : { source: { kind, file: '', unit: 'ms' as const }, ...figures }
}
