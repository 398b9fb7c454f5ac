import type { Cart } from '../../cart/cart.ts'
import { type EntityId, idKey } from '../../cart/ids.ts'
import { otherSide, type Side } from '../../cart/residence.ts'
import type { CartStore, Page } from '../cart-store.ts'
import {
  cartPosition,
  comparePositions,
  cursorOf,
  type FilteredPage,
  type Position,
  positionIn,
} from '../cursor.ts'
import { bring, type Pair, type PairEvents } from './pair.ts'

export interface Across {
  readonly pair: Pair
  readonly to: Side
  readonly events?: PairEvents | undefined
}

/**
 * One page of a list over both databases. They are read in the direction of the move, and carts that were sealed in between are
 * brought to the end first, so that every cart is seen at least once; the later sight counts.
 */
export async function listAcross<T extends Cart>(
  { pair, to, events }: Across,
  kind: 'carts' | 'orders',
  customerId: EntityId,
  page: FilteredPage,
  read: (store: CartStore, page: FilteredPage) => Promise<Page<T>>,
): Promise<Page<T>> {
  const from = otherSide(to)
  const first = await read(pair[from], page)
  const sealed = await pair[from].residences.sealedOf(idKey(customerId))
  for (const cartId of sealed) await bring(pair, cartId, undefined, { events })
  const second = await read(pair[to], page)
  const placeOf = (item: Cart): Position =>
    kind === 'carts' ? cartPosition(item) : { at: item.orderedAt ?? 0, cartId: item.cartId }
  return joined([first, second], page, placeOf)
}

/** The pages of both as one; a later page counts more for a cart that is in both. */
function joined<T extends Cart>(
  pages: readonly Page<T>[],
  { limit, status }: FilteredPage,
  placeOf: (item: T) => Position,
): Page<T> {
  // What comes after the end of a page that is not the last is not known.
  const ends = pages.flatMap(({ cursor }) => (cursor === null ? [] : [positionIn(cursor, status)]))
  const [horizon] = ends.sort(comparePositions)
  const items = new Map<string, T>()
  for (const { items: found } of pages) for (const item of found) items.set(item.cartId, item)
  const known = [...items.values()]
    .sort((a, b) => comparePositions(placeOf(a), placeOf(b)))
    .filter((item) => horizon === undefined || comparePositions(placeOf(item), horizon) <= 0)
  const shown = known.slice(0, limit)
  const last = shown.at(-1)
  if (known.length > limit && last !== undefined)
    return { items: shown, cursor: cursorOf(placeOf(last), status) }
  return { items: shown, cursor: horizon === undefined ? null : cursorOf(horizon, status) }
}
