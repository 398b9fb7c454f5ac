import type { NewLine } from '../../cart/cart.ts'
import { addedLines, applyChange, type Changed, type Rule } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { type Item, numberIn } from './attributes.ts'
import type { Client } from './client.ts'
import { afterLost } from './errors.ts'
import { stateOf, withCart } from './item.ts'
import { readItem } from './items.ts'
import { passingMerges } from './pending.ts'
import { whileContended } from './retry.ts'
import { send } from './send.ts'
import { addUpdate, fitsOneUpdate, type Update, versionUpdate } from './updates.ts'

/**
 * The changes of one cart. Adding is, where it can be, one conditional UpdateItem that carries every rule, and the
 * record of the idempotency key, in itself. Only when its condition was not met is the cart looked at, as it was at
 * that very moment, and the pure rules of `cart/rules.ts` say why. If they say that the change is allowed after all,
 * its outcome is written on the condition that nothing has changed since. Every other change, and any with
 * `ifVersion`, starts with that look: a strong read.
 *
 * A checkout in one update was tried. Refused because the cart was empty, a second copy of it that a network delivered
 * after the next add went through, and a cart was ordered by somebody who had been told that it was not. An update
 * on a version that is gone can never succeed.
 *
 * A change with a key is sent again when its answer was lost. If the first copy was carried out, the second finds its
 * record, and the caller gets that version with `replayed` true, exactly as if they had sent the retry
 * themselves: whether the record is this call's own or that of a twin that raced with it, the item does not tell.
 */

/** See `CartStore.addLines`. */
export function addLines(
  client: Client,
  cartId: string,
  lines: readonly NewLine[],
  change: ChangeOptions,
): Promise<Changed> {
  const atOnce =
    change.ifVersion === undefined && fitsOneUpdate(lines) ? addUpdate(lines, change) : undefined
  return changeCart(client, cartId, change, addedLines(lines), atOnce)
}

/**
 * Makes the change that `rule` describes.
 *
 * @param atOnce the same change as one update that needs no look at the cart, where there is one
 */
export async function changeCart(
  client: Client,
  cartId: string,
  change: ChangeOptions,
  rule: Rule,
  atOnce?: Update,
): Promise<Changed> {
  const repeatable = change.key !== undefined
  const passesMerges = passingMerges(client)
  let seen: Item | undefined
  let lost: unknown
  // The same of an update on a version, until the cart has been seen: refused, it cannot arrive later either.
  let unseen: unknown
  const attempt = async (): Promise<Changed | undefined> => {
    if (atOnce !== undefined) {
      const outcome = await send(client, cartId, atOnce, { repeatable })
      if (outcome.made) return { version: numberIn(outcome.made, 'version'), replayed: false }
      seen = outcome.item
      lost ??= outcome.lost
    }
    seen ??= await readItem(client, cartId)
    unseen = undefined
    if (!(await passesMerges(seen))) {
      seen = undefined
      return undefined
    }
    const { changed, next } = judge(seen, change, rule, lost)
    if (seen === undefined || next === undefined) return changed
    const update = versionUpdate(seen, withCart(seen, next))
    const outcome = await send(client, cartId, update, { repeatable })
    if (outcome.made) return changed
    seen = outcome.item
    unseen = outcome.lost
    return undefined
  }
  try {
    return await whileContended(attempt, client.events)
  } catch (error) {
    throw afterLost(error, lost ?? unseen)
  }
}

/** `applyChange`, but a copy of the change that is still on its way must not be denied: then the answer stays open. */
function judge(seen: Item | undefined, change: ChangeOptions, rule: Rule, lost: unknown) {
  try {
    return applyChange(seen && stateOf(seen), change, rule)
  } catch (error) {
    throw lost ?? error
  }
}
