import type { Consistency } from '../cart-store.ts'
import { type Item, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { readItem } from './items.ts'
import {
  asSeen,
  clearUpdate,
  fenceUpdate,
  isAbsorbed,
  pendingInto,
  termOf,
  thawUpdate,
} from './merge-updates.ts'
import { send } from './send.ts'
import type { Update } from './updates.ts'

/**
 * How other calls handle a cart that is frozen for a merge. Only the target shows whether the merge was made. `merge.ts`
 * explains why this is safe.
 */

/**
 * The item as readers must see it, with the consistency of the first read. Usually without a further read.
 *
 * @returns `undefined` when the cart has been removed meanwhile
 */
export async function seenItem(
  client: Client,
  item: Item,
  consistency: Consistency,
): Promise<Item | undefined> {
  const into = pendingInto(item)
  if (into === undefined) return item
  const target = await readItem(client, into, consistency)
  if (target === undefined || !isAbsorbed(item, target)) return asSeen(item, target)
  // With the same term, this freeze was committed. Otherwise a later freeze with other lines may have been.
  if (termOf(target) === item.merge_term?.S) return item
  return readItem(client, textIn(item, 'cart_id'))
}

/**
 * How often a change that finds a frozen cart reads it again before it undoes the merge. With the pauses of `whileContended`
 * that takes 60 ms on average, enough for an undisturbed merge of two writes.
 */
const MAX_LOOKS = 5

/**
 * Gets one change past merges in progress.
 *
 * @returns a function that returns true if the item is not frozen for a merge. Otherwise it returns false, after it has ended
 *   the merge if necessary, and the item must be read again
 */
export function passingMerges(client: Client): (item: Item | undefined) => Promise<boolean> {
  let met = 0
  return async (item) => {
    const into = item && pendingInto(item)
    if (item === undefined || into === undefined) return true
    const target = await readItem(client, into)
    met += 1
    if (met > MAX_LOOKS || isAbsorbed(item, target)) await endMerge(client, item, target)
    return false
  }
}

/**
 * Ends the merge for which `source` is frozen: clears the source if it has been absorbed, and thaws it otherwise. False when
 * another change came in between.
 *
 * @param target the result of a strong read after the read of `source`
 */
export async function endMerge(
  client: Client,
  source: Item,
  target: Item | undefined,
): Promise<boolean> {
  const sourceId = textIn(source, 'cart_id')
  if (isAbsorbed(source, target)) return isMade(client, sourceId, clearUpdate(source))
  if (target !== undefined && termOf(target) === source.merge_term?.S) {
    const isFenced = await isMade(client, textIn(target, 'cart_id'), fenceUpdate(target, sourceId))
    if (!isFenced) return false
  }
  return isMade(client, sourceId, thawUpdate(source))
}

/** Executes a step of a merge; a second copy has no effect after the first. False when its condition was not met. */
export async function isMade(client: Client, cartId: string, update: Update): Promise<boolean> {
  return (await send(client, cartId, update, { repeatable: true })).made !== undefined
}
