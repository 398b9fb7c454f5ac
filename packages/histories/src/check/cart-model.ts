import type { Model } from '../search/model.ts'
import { isMet } from './demands.ts'
import type { Entry } from './entries.ts'
import { ABSENT, apply, type CartState, isRefusal, stateKey } from './model.ts'
import { createOutlook } from './outlook.ts'

/** The state of every cart of a component, which is the carts that merges join. Most components are one cart. */
export type States = readonly CartState[]

/** The carts of a component as a model for the search. */
export function cartModel(carts: number): Model<States, Entry> {
  return {
    initial: Array.from({ length: carts }, () => ABSENT),
    step: stepOf,
    key: (states) => states.map(stateKey).join(' '),
    isRead: ({ observation }) => observation !== undefined,
    lookahead: createOutlook,
  }
}

const ILLEGAL: readonly States[] = []

function stepOf(states: States, entry: Entry): readonly States[] {
  const { cart, change, source, operation, strategies } = entry
  const state = states[cart]
  if (state === undefined) return ILLEGAL
  if (entry.observation !== undefined) return isMet(entry, state) ? [states] : ILLEGAL
  if (change !== undefined) return changed(states, cart, apply(state, change))
  const from = source === undefined ? undefined : states[source]
  if (from !== undefined && from.into !== operation.cart) return ILLEGAL
  const lines = from?.lines ?? new Map<string, number>()
  return (source === undefined ? (['sum'] as const) : strategies).flatMap((strategy) =>
    changed(states, cart, apply(state, { kind: 'merge_in', lines, strategy })),
  )
}

function changed(states: States, cart: number, next: ReturnType<typeof apply>): readonly States[] {
  return isRefusal(next) ? ILLEGAL : [states.with(cart, next)]
}
