import { createRandom } from '../random/random.ts'

/** A statistic of times: the average, or a percentile by nearest rank. */
export type Statistic = 'average' | { readonly percentile: number }

/** Number of bootstrap resamples of the pairs. */
export const RESAMPLES = 2000
/** Confidence of the interval, percent. */
export const CONFIDENCE_PERCENT = 99

/**
 * The percentile bootstrap interval of the ratio of two statistics, `a` to `b`, of paired times. Pairs are drawn with
 * replacement, which keeps a disturbance of both operations of a pair together. Deterministic.
 *
 * @param a one time per pair, `null` where the operation failed
 * @param b the times of the same pairs; as long as `a`
 * @returns `null` if a resample has no time in `a` or `b`, or a statistic of 0 in `b`
 */
export function ratioInterval(
  a: readonly (number | null)[],
  b: readonly (number | null)[],
  statistic: Statistic,
): { readonly low: number; readonly high: number } | null {
  const pairs = Math.min(a.length, b.length)
  if (pairs === 0) return null
  const [sortedA, sortedB] = [sortPairs(a, pairs), sortPairs(b, pairs)]
  const random = createRandom(1)
  const draws = new Uint16Array(pairs)
  const ratios = new Float64Array(RESAMPLES)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    draws.fill(0)
    for (let draw = 0; draw < pairs; draw++) {
      const pair = random.integer(0, pairs - 1)
      draws[pair] = (draws[pair] ?? 0) + 1
    }
    const ratio = statisticOf(sortedA, draws, statistic) / statisticOf(sortedB, draws, statistic)
    if (!Number.isFinite(ratio)) return null
    ratios[resample] = ratio
  }
  ratios.sort()
  const outside = Math.floor((RESAMPLES * (1 - CONFIDENCE_PERCENT / 100)) / 2)
  return { low: ratios[outside] ?? 0, high: ratios[RESAMPLES - 1 - outside] ?? Infinity }
}

interface PairTime {
  readonly pair: number
  readonly time: number
}

/** The times in ascending order: sorted once, each resample is one pass. */
function sortPairs(times: readonly (number | null)[], pairs: number): PairTime[] {
  return times
    .slice(0, pairs)
    .flatMap((time, pair) => (time === null ? [] : [{ pair, time }]))
    .sort((x, y) => x.time - y.time)
}

/** The statistic of one resample; NaN without times. */
function statisticOf(
  sorted: readonly PairTime[],
  draws: Uint16Array,
  statistic: Statistic,
): number {
  let count = 0
  let sum = 0
  for (const { pair, time } of sorted) {
    const times = draws[pair] ?? 0
    count += times
    sum += times * time
  }
  if (statistic === 'average') return sum / count
  const rank = Math.max(1, Math.ceil((statistic.percentile * count) / 100))
  let passed = 0
  for (const { pair, time } of sorted) {
    passed += draws[pair] ?? 0
    if (passed >= rank) return time
  }
  return Number.NaN
}
