import { readFileSync } from 'node:fs'
import type { SourcedFigure } from '../terms/source.ts'

/** Pages that PostgreSQL reads from outside its cache per operation. */
export interface CacheMisses {
  /** An operation on the cart that the visit itself created. */
  readonly visit: number
  /** A read, and a change, of a cart chosen uniformly from all that are kept. */
  readonly any_read: number
  readonly any_change: number
}

export interface MeasuredMisses {
  readonly by: string
  readonly measured_at: string
  /** Ascending by the size of the data relative to the cache. */
  readonly points: readonly (CacheMisses & { readonly data_per_cache: number })[]
}

const FILE = new URL('./cache-misses.json', import.meta.url)
let read: MeasuredMisses | undefined

/** Measured by `scripts/write-cache-misses.ts` with a small cache. */
export function measuredMisses(): MeasuredMisses {
  read ??= JSON.parse(readFileSync(FILE, 'utf8')) as MeasuredMisses
  return read
}

/**
 * Misses per operation, linear between the measured sizes; smaller and larger data count as the smallest and the largest
 * measured.
 *
 * @param ratio size of the data / size of the cache
 */
export function missesAt(
  ratio: number,
  { points }: Pick<MeasuredMisses, 'points'> = measuredMisses(),
): CacheMisses {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) throw new RangeError('there are no misses')
  const place = points.findIndex(({ data_per_cache }) => data_per_cache >= ratio)
  const [low, high] =
    place < 0 ? [last, last] : [points[Math.max(0, place - 1)] ?? first, points[place] ?? last]
  const span = high.data_per_cache - low.data_per_cache
  const share = span === 0 ? 0 : (ratio - low.data_per_cache) / span
  const at = (name: keyof CacheMisses) => low[name] + Math.max(0, share) * (high[name] - low[name])
  return { visit: at('visit'), any_read: at('any_read'), any_change: at('any_change') }
}

/** Where the misses were measured. */
export function missesSource(): SourcedFigure['source'] {
  const { by, measured_at } = measuredMisses()
  return {
    kind: 'measured_elsewhere',
    file: 'cache-misses.json',
    by,
    when: measured_at,
    record: 'cache-misses.json#/points',
  }
}
