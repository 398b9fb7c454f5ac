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
 * What others do with a cart that is frozen for a merge. Whether it has been merged yet, the target alone tells;
 * `merge.ts` says why what is done here is safe.
 */

/**
 * The item as readers are to see it, of the consistency that it was read with. Mostly no further read.
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
  // Under the term of this very freeze it was committed. Otherwise it may have been a later one, of later lines.
  if (termOf(target) === item.merge_term?.S) return item
  return readItem(client, textIn(item, 'cart_id'))
}

/**
 * How often a change that meets a frozen cart looks again before it takes the merge back. By the waits of
 * `whileContended` that is 60 ms on average, in which an undisturbed merge, two writes, is over.
 */
const PATIENCE = 5

/**
 * Gets one change past the merges that it meets.
 *
 * @returns a function that tells whether no merge is at work on the item; if one is, it has waited for it or ended it,
 *   and the item has to be read again
 */
export function passingMerges(client: Client): (item: Item | undefined) => Promise<boolean> {
  let met = 0
  return async (item) => {
    const into = item && pendingInto(item)
    if (item === undefined || into === undefined) return true
    const target = await readItem(client, into)
    met += 1
    if (met > PATIENCE || isAbsorbed(item, target)) await endMerge(client, item, target)
    return false
  }
}

/**
 * Ends the merge that `source` is frozen for: clears it if it has been absorbed, and makes it what it was before
 * otherwise. False when something came in between.
 *
 * @param target as a strong read found it, made after `source` was read
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

/** Makes a step of a merge, of which a second copy has no effect after a first. False when its condition was not met. */
export async function isMade(client: Client, cartId: string, update: Update): Promise<boolean> {
  return (await send(client, cartId, update, { repeatable: true })).made !== undefined
}
