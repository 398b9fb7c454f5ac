import type { Missing } from '../../model/terms/missing.ts'
import { STORES, type StoreName } from '../../model/terms/stores.ts'
import { list } from '../amounts.ts'
import { type Content, type Prose, paragraph } from '../model.ts'
import { recorded } from '../record-links.ts'
import { sourceOf } from '../sources.ts'
import { missingWords } from './missing-words.ts'

/** Index among the report's sides of the one that stands for each store, for its colour. */
export type StorePlaces = Readonly<Record<StoreName, number>>

export function notMeasured(what: string, missing: readonly Missing[]): Content {
  return paragraph(`${what}: this comparison did not measure ${list(missing.map(missingWords))}.`)
}

/** A sentence with modelled or simulated numbers, with links to the model's inputs of the stores. */
export function modelled(sentence: string, stores: readonly StoreName[] = STORES): Prose {
  return recorded(
    sentence,
    stores.map((store) => `#${sourceOf.model(store)}`),
  )
}
