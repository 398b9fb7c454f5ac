import { STORE_NAMES } from '../../model/cost/monthly-cost.ts'
import type { Prose } from '../model.ts'
import { recorded } from '../record-links.ts'
import { sourceOf } from '../sources.ts'
import { STORES } from './content.ts'

/**
 * A sentence of the cost model or the simulation that names no records of its own: its numbers lead to what was given to
 * the model of each store that it names, or of both.
 */
export function modelled(sentence: string): Prose {
  if (!/\d/.test(sentence)) return [sentence]
  const named = STORES.filter((store) => sentence.includes(STORE_NAMES[store]))
  const stores = named.length === 0 ? STORES : named
  return recorded(
    sentence,
    stores.map((store) => `#${sourceOf.model(store)}`),
  )
}
