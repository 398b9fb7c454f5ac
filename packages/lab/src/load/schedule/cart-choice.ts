import { createRandom } from '../../random/random.ts'
import { shuffle } from '../../random/shuffle.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import type { Part } from './part.ts'

/** YCSB's Zipfian constant: of 1,000 carts the most popular one gets 13 % of the operations. */
export const ZIPF_THETA = 0.99

/** Chooses a cart from 0 to `carts` - 1. */
export type CartChoice = () => number

/** The parts of a run choose independently, but have the same popular carts. */
export function openCartChoice({ seed, carts, cart_choice }: LoadSpec, part: Part): CartChoice {
  const random = createRandom(seed, `${part} carts`)
  if (cart_choice === 'uniform' || carts === 1) return () => random.integer(0, carts - 1)
  const rank = openZipf(carts, ZIPF_THETA, () => random.fraction())
  const places = shuffled(carts, seed)
  return () => places[rank()] ?? 0
}

/**
 * Ranks 0 to n - 1 by Zipf's law: rank r with a probability in proportion to 1 / (r + 1)^theta. The method of
 * Gray et al., "Quickly Generating Billion-Record Synthetic Databases" (SIGMOD 1994), as in YCSB.
 */
export function openZipf(n: number, theta: number, fraction: () => number): () => number {
  const zeta = (count: number) => {
    let sum = 0
    for (let i = 1; i <= count; i++) sum += 1 / i ** theta
    return sum
  }
  const zetaN = zeta(n)
  const alpha = 1 / (1 - theta)
  const eta = (1 - (2 / n) ** (1 - theta)) / (1 - zeta(2) / zetaN)
  return () => {
    const u = fraction()
    const uz = u * zetaN
    if (uz < 1) return 0
    if (uz < 1 + 0.5 ** theta) return Math.min(1, n - 1)
    return Math.min(n - 1, Math.floor(n * (eta * u - eta + 1) ** alpha))
  }
}

/** How often each cart is chosen, up to a factor. */
export function openPopularity({
  seed,
  carts,
  cart_choice,
}: Pick<LoadSpec, 'seed' | 'carts' | 'cart_choice'>): number[] {
  const weights = Array.from({ length: carts }, () => 1)
  if (cart_choice === 'uniform') return weights
  for (const [rank, place] of shuffled(carts, seed).entries())
    weights[place] = 1 / (rank + 1) ** ZIPF_THETA
  return weights
}

/**
 * Scatters the popular carts. YCSB scatters ranks by a hash, which may map two of them to one cart; a permutation keeps
 * the distribution exact.
 */
function shuffled(count: number, seed: number): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, index) => index)
  shuffle(places, createRandom(seed, 'places'))
  return places
}
