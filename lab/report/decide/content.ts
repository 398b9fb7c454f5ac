import type { StoreName } from '../../model/cost/monthly-cost.ts'
import { list } from '../../model/decide/words.ts'
import type { Content, Prose } from '../model.ts'

export const STORES: readonly StoreName[] = ['postgres', 'dynamodb']

/** Place among the report's sides of the one that speaks for each store, for its colour. */
export type StorePlaces = Readonly<Record<StoreName, number>>

export function heading(text: string): Content {
  return { kind: 'heading', text }
}

export function items(all: readonly Prose[]): Content {
  return { kind: 'list', items: all }
}

export function missing(what: string, of: readonly string[]): Content {
  return { kind: 'prose', prose: [`${what}: this comparison did not measure ${list(of)}.`] }
}
