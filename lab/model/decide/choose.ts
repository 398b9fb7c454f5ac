import { STORES, type StoreName } from '../terms/stores.ts'
import type { Standing } from './standing.ts'

/**
 * - a store: it serves the scenario, and the other does not or costs more
 * - `either`: both serve it at costs too close to call
 * - `neither`: both fail
 * - `undecided`: a measurement is missing
 */
export type Choice = StoreName | 'either' | 'neither' | 'undecided'

/** @param margin costs within this factor of each other are too close to call */
export function choose(standings: Readonly<Record<StoreName, Standing>>, margin: number): Choice {
  const all = STORES.map((store) => standings[store])
  if (all.every(({ fitness }) => fitness === 'unfit')) return 'neither'
  if (all.some(({ fitness }) => fitness === 'unknown')) return 'undecided'
  const [only, second] = all.filter(({ fitness }) => fitness === 'fit')
  if (only === undefined) return 'neither'
  if (second === undefined) return only.store
  const [a, b] = [only.cost.total, second.cost.total]
  if (a === null || b === null) return 'undecided'
  if (Math.max(a, b) <= margin * Math.min(a, b)) return 'either'
  return a < b ? only.store : second.store
}
