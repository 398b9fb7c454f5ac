import { brokenLine, type NumberedLine } from './foreign-lines.ts'
import { isTime, type K6Point } from './k6-points.ts'

/** The points of a file of `k6 run --out json=FILE`, one JSON object per line. @throws UsageError with the place of a broken line */
export async function* k6NdjsonPoints(
  path: string,
  lines: AsyncIterable<NumberedLine>,
): AsyncGenerator<K6Point> {
  for await (const { number, text } of lines) {
    if (text.trim() === '') continue
    const entry = parse(text)
    if (entry === undefined) throw brokenLine(path, number, 'not JSON, or truncated')
    if (entry.type === 'Metric') continue
    const point = entry.type === 'Point' ? pointOf(entry) : undefined
    if (point === undefined) throw brokenLine(path, number, 'not a point of k6')
    yield point
  }
}

interface Entry {
  readonly type?: unknown
  readonly metric?: unknown
  readonly data?: {
    readonly time?: unknown
    readonly value?: unknown
    readonly tags?: unknown
  } | null
}

function parse(text: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return undefined
  }
}

function pointOf({ metric, data }: Entry): K6Point | undefined {
  const { time: at, value, tags } = data ?? {}
  const time = Date.parse(String(at))
  if (typeof metric !== 'string' || typeof at !== 'string' || !isTime(time)) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined
  const known = typeof tags === 'object' && tags !== null ? Object.entries(tags) : []
  return { metric, time, value, tags: Object.fromEntries(known.map(([k, v]) => [k, String(v)])) }
}
