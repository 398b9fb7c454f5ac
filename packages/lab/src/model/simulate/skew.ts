import type { SimulatedTraffic } from './workload.ts'

const FOLLOWED = 100

/** How operations spread over carts: shares of the hottest carts, and an even spread over the others. */
export interface Skew {
  /** Shares of all operations, largest first. */
  readonly hottest: readonly number[]
  /** Total share of the other carts. */
  readonly tail: number
}

/** The 100 hottest carts of a Zipf distribution, the one of `hot_share` first. */
export function skewOf({
  carts,
  skew,
  hot_share,
}: Pick<SimulatedTraffic, 'carts' | 'skew' | 'hot_share'>): Skew {
  const followed = skew === 0 ? 0 : Math.min(FOLLOWED, carts)
  const sum = harmonic(carts, skew)
  const zipf = Array.from(
    { length: followed },
    (_, place) => ((1 - hot_share) * (place + 1) ** -skew) / sum,
  )
  const hottest = hot_share > 0 ? [hot_share, ...zipf] : zipf
  return { hottest, tail: 1 - hottest.reduce((total, share) => total + share, 0) }
}

/** The generalised harmonic number; terms beyond 1,000 by the integral, within 0.1 %. */
function harmonic(n: number, exponent: number): number {
  const exact = Math.min(n, 1000)
  let sum = 0
  for (let term = 1; term <= exact; term++) sum += term ** -exponent
  if (n <= exact) return sum
  const integral =
    exponent === 1
      ? Math.log(n / exact)
      : (n ** (1 - exponent) - exact ** (1 - exponent)) / (1 - exponent)
  return sum + integral
}
