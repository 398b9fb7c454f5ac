import type { Entry } from './entries.ts'
import { apply, type CartState, fits, type ModelStatus } from './model.ts'

/** The states of a cart in which an observation is legal. */
export interface Demand {
  readonly entry: Entry
  /** The cart has one of these. */
  readonly statuses: readonly ModelStatus[]
  /** The required units of a product, 0 for none; `undefined` if any number is legal. */
  wanted(product: string): number | undefined
}

/** Whether the observation is legal in this state. */
export function isMet({ observation }: Entry, state: CartState): boolean {
  if (observation === undefined) return false
  if (observation.change === undefined) return fits(state, observation.seen)
  return apply(state, observation.change) === observation.seen.error
}

/** @param entry an observation */
export function demandOf(entry: Entry): Demand {
  const { observation, shown } = entry
  const { seen, change } = observation ?? { seen: {}, change: undefined }
  if (change !== undefined || shown === undefined) {
    const statuses = STATUSES_OF[seen.error ?? ''] ?? []
    const absent = (product: string) =>
      seen.error === 'cart_empty' || (change?.kind === 'remove' && change.product === product)
    const empty = seen.error === 'cart_empty' || seen.error === 'line_not_found'
    return { entry, statuses, wanted: (product) => (empty && absent(product) ? 0 : undefined) }
  }
  const statuses = seen.cart_status === undefined ? SHOWN : [seen.cart_status]
  // The source of a merge may show its lines or none.
  if (shown.size === 0 && statuses.includes('merged')) {
    return { entry, statuses, wanted: () => undefined }
  }
  return { entry, statuses, wanted: (product) => shown.get(product) ?? 0 }
}

const SHOWN: readonly ModelStatus[] = ['active', 'checked_out', 'merged']

const STATUSES_OF: Readonly<Record<string, readonly ModelStatus[]>> = {
  not_found: ['absent', 'deleted'],
  not_active: ['checked_out', 'merged'],
  line_not_found: ['active'],
  cart_empty: ['active'],
}
