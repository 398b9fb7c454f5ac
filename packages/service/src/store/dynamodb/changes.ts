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
 * The changes of one cart. If possible, an add is one conditional UpdateItem that contains every rule and the record of the
 * idempotency key. Only if its condition is not met does the store look at the cart, as it was at that moment, and apply the
 * rules of `cart/rules.ts` to find the reason. If the rules allow the change, its result is written on the condition that
 * nothing has changed since. Every other change, and any change with `ifVersion`, starts with a strong read.
 *
 * A checkout in one update was tried and rejected: after a refusal for an empty cart, a second copy that the network delivered
 * after the next add succeeded, so that a cart was ordered although the caller had been told that it was not. An
 * update that requires an old version can never succeed late.
 *
 * A change with a key is sent again when its response was lost. If the first copy was executed, the second copy finds its
 * record, and the caller gets that version with `replayed: true`, as if they had retried themselves: the item does not show
 * whether the record is from this call or from a concurrent call with the same key.
 */

/** See `CartStore.addLines`. */
export function addLines(
  client: Client,
  cartId: string,
  lines: readonly NewLine[],
  change: ChangeOptions,
): Promise<Changed> {
  const fits = change.ifVersion === undefined && fitsOneUpdate(lines)
  const atOnce = fits ? (terms: ChangeOptions) => addUpdate(lines, terms) : undefined
  return changeCart(client, cartId, change, addedLines(lines), atOnce)
}

/**
 * Makes the change that `rule` describes.
 *
 * @param atOnce the same change as one update that does not require a read, if there is one. It is refused while the cart
 *   expires later than the change would make it expire, as after an add through an instance whose clock is ahead; then it is
 *   made again with the expiry of the cart
 */
export async function changeCart(
  client: Client,
  cartId: string,
  change: ChangeOptions,
  rule: Rule,
  atOnce?: (terms: ChangeOptions) => Update,
): Promise<Changed> {
  const repeatable = change.key !== undefined
  let terms = change
  const passesMerges = passingMerges(client)
  let seen: Item | undefined
  let lost: unknown
  // The lost failure of a version update, until the cart has been read again: a refused version update cannot arrive later.
  let unseen: unknown
  const makeAtOnce = async (): Promise<Changed | undefined> => {
    if (atOnce === undefined) return undefined
    const outcome = await send(client, cartId, atOnce(terms), { repeatable })
    if (outcome.made) return { version: numberIn(outcome.made, 'version'), replayed: false }
    seen = outcome.item
    lost ??= outcome.lost
    return undefined
  }
  const attempt = async (): Promise<Changed | undefined> => {
    const made = await makeAtOnce()
    if (made !== undefined) return made
    seen ??= await readItem(client, cartId)
    unseen = undefined
    if (!(await passesMerges(seen))) {
      seen = undefined
      return undefined
    }
    const { changed, next } = judge(seen, change, rule, lost)
    if (seen === undefined || next === undefined) return changed
    if (atOnce !== undefined && (next.expiresAt ?? 0) > terms.expiresAt) {
      terms = { ...change, expiresAt: next.expiresAt ?? 0 }
      seen = undefined
      return undefined
    }
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

/** `applyChange`; but if a copy of the change may still be executed, a refusal must not be reported, only the lost failure. */
function judge(seen: Item | undefined, change: ChangeOptions, rule: Rule, lost: unknown) {
  try {
    return applyChange(seen && stateOf(seen), change, rule)
  } catch (error) {
    throw lost ?? error
  }
}
