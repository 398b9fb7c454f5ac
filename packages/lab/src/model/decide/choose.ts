import { STORES, type StoreName } from '../terms/stores.ts'
import { type Certainty, TOO_CLOSE } from './certainty.ts'
import type { Standing } from './standing.ts'

/**
 * - a store: it serves the scenario, and the other does not or costs more
 * - `either`: both serve it, and it is open which costs less
 * - `neither`: both fail
 * - `undecided`: a measurement is missing
 */
export type Choice = StoreName | 'either' | 'neither' | 'undecided'

/** @param certainty asked for only where both stores serve the scenario at known costs */
export function choose(
  standings: Readonly<Record<StoreName, Standing>>,
  certainty: () => Certainty | null,
): Choice {
  const all = STORES.map((store) => standings[store])
  if (all.every(({ fitness }) => fitness === 'unfit')) return 'neither'
  if (all.some(({ fitness }) => fitness === 'unknown')) return 'undecided'
  const [only, second] = all.filter(({ fitness }) => fitness === 'fit')
  if (only === undefined) return 'neither'
  if (second === undefined) return only.store
  const [a, b] = [only.cost.total, second.cost.total]
  if (a === null || b === null) return 'undecided'
  if ((certainty()?.share ?? 1) < TOO_CLOSE) return 'either'
  return a < b ? only.store : second.store
}
