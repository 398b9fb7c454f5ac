import { isVisible } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { type Merge, type MergeOptions, mergeCarts } from '../../cart/merge.ts'
import type { Changed } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import type { Item } from './attributes.ts'
import type { Client } from './client.ts'
import { storeError } from './errors.ts'
import { stateOf } from './item.ts'
import {
  clearUpdate,
  commitUpdate,
  fenceUpdate,
  freezeUpdate,
  hasAbsorbed,
  isPending,
  termOf,
  thawUpdate,
} from './merge-updates.ts'
import { readItem } from './read.ts'
import { whileContended } from './retry.ts'
import { send } from './send.ts'
import type { Update } from './updates.ts'

/**
 * Merging two carts without a transaction. S is the source, T the target:
 *
 *     read S, then T
 *     freeze   S: merged, into T, under T's present term; its lines stay
 *     commit   T: the lines of both, S among `absorbed`;  if T's term is the one S is frozen under
 *     clear    S: no lines, no term
 *
 * or, when it turns out after the freeze that the merge is refused:
 *
 *     fence    T: the next term;                          if its term is that of S and S is not absorbed
 *     thaw     S: active again, with its lines;           if frozen under the same term still
 *
 * Each step is one UpdateItem on the condition that the version (and what is named above) is as it was read. When
 * one is refused, both carts are read again and all is decided anew. A frozen S with a term is *pending*; any
 * caller of the same merge takes it from there, so being cut off between any two steps does no harm:
 * the next caller commits, clears or thaws. A T whose fence has moved on gives a pending S its new term first.
 *
 * T's term is its time of creation and its `merge_fence`, which only counts up: it never comes back, also when T
 * expires and is replaced by a new cart of its id.
 *
 * Why lines are never doubled, that is, why S is never both absorbed and thawed. Let S have been thawed from the
 * freeze of version v, under term t. (1) The thaw's own condition: t was S's term to the end, and since a term is
 * only ever replaced by a later one (T is read after S), its last; every other term of v is earlier. (2) The caller
 * had seen T, after S, in one atomic look, without S among `absorbed` and past t: by the fence it set itself, by a
 * strong read of a later term, or by T's being gone. So there was no commit of S before that look. (3) After it, a
 * commit from v has to find T under t or an earlier term, which T does not come back to. Whoever holds S from
 * before the thaw, however long they pause, is refused. The other way round: after a commit, `absorbed` holds S
 * for as long as T exists, so no look lets a thaw pass. The one exception is a T that expired and was removed
 * before the clear of its merge was made up for: then S may come back, and there is no other copy of its lines.
 *
 * Why nothing is lost: S keeps its lines until a caller has seen S in `absorbed`, and pending it is either
 * committed or thawed by the next caller of the same merge. Two opposite merges may freeze both carts; each then
 * finds its target not active and thaws its source. If both callers were cut off right there, repeating either merge
 * thaws its source, and repeating the other then ends that one.
 *
 * Every step has no effect when it comes a second time, so each is sent again when its answer was lost.
 */
export async function mergeCart(
  client: Client,
  cartId: string,
  merge: MergeOptions,
  change: ChangeOptions,
): Promise<Changed> {
  const merging: Merging = { client, cartId, merge, change, stepped: false }
  try {
    return await whileContended(() => attempt(merging), client.events)
  } catch (error) {
    if (storeError(error).code !== 'STORE_BUSY') throw error
    // It promises that nothing has changed. If that cannot be brought about, the next caller does it.
    const undone = await giveUp(merging).catch(() => false)
    throw undone || !merging.stepped
      ? error
      : new CartError('STORE_UNAVAILABLE', undefined, { cause: error })
  }
}

interface Merging {
  readonly client: Client
  /** The target. */
  readonly cartId: string
  readonly merge: MergeOptions
  readonly change: ChangeOptions
  /** Whether this call has made a step, or may have: the answer was lost. */
  stepped: boolean
}

/** Both carts as they were read. */
interface Pair {
  readonly source: Item | undefined
  readonly target: Item | undefined
}

/** The source first: the proof above needs the look at the target to come after that at the source. */
async function readPair({ client, cartId, merge }: Merging): Promise<Pair> {
  const source = await readItem(client, merge.fromCartId)
  return { source, target: await readItem(client, cartId) }
}

/** One go at the whole merge; `undefined` when another change came in between. */
async function attempt(merging: Merging): Promise<Changed | undefined> {
  const pair = await readPair(merging)
  const plan = planOf(pair, merging)
  if (plan instanceof CartError) {
    if (!(await release(pair, merging))) return undefined
    throw plan
  }
  const { source, target } = pair
  if (source === undefined || target === undefined || plan.target === undefined) {
    await clear(pair, merging)
    return plan.changed
  }
  const { cartId, merge, change } = merging
  const freeze = freezeUpdate(source, target, change)
  if (freeze !== undefined && !(await isMade(merging, merge.fromCartId, freeze.update))) return
  const commit = commitUpdate(target, plan.target)
  if (!(await isMade(merging, cartId, commit.update))) return
  await clear({ source: freeze?.next ?? source, target: commit.next }, merging)
  return plan.changed
}

/** What the rules make of the two carts. */
function planOf({ source, target }: Pair, { merge, change }: Merging): Merge | CartError {
  try {
    return mergeCarts(target && stateOf(target), source && stateOf(source), merge, change)
  } catch (error) {
    if (error instanceof CartError) return error
    throw error
  }
}

/**
 * Sees to it that a merge that was refused leaves no pending source. False when something came in between.
 * An expired source is left to TTL: a thaw would bring it back.
 */
async function release(pair: Pair, merging: Merging): Promise<boolean> {
  const { source, target } = pair
  const { cartId, merge, change } = merging
  if (source === undefined || !isPending(source, cartId)) return true
  if (!isVisible(stateOf(source), change.now)) return true
  if (target !== undefined && hasAbsorbed(target, merge.fromCartId)) {
    await clear(pair, merging)
    return true
  }
  const past = target === undefined || termOf(target) !== source.merge_term?.S
  if (!past && !(await isMade(merging, cartId, fenceUpdate(target, merge.fromCartId)))) return false
  return isMade(merging, merge.fromCartId, thawUpdate(source, change))
}

/** Takes back what has been done. False when that did not work, or the merge turns out to have been made. */
async function giveUp(merging: Merging): Promise<boolean> {
  const pair = await readPair(merging)
  const { target } = pair
  const made = target !== undefined && hasAbsorbed(target, merging.merge.fromCartId)
  return (await release(pair, merging)) && !made
}

/**
 * Frees the space of lines that the target has by now. That it fails takes nothing from the merge, which has been
 * made: readers see a merged cart as empty in any case, and the next replay tries again.
 */
async function clear({ source, target }: Pair, merging: Merging): Promise<void> {
  const { cartId, merge } = merging
  if (source === undefined || target === undefined) return
  if (!isPending(source, cartId) || !hasAbsorbed(target, merge.fromCartId)) return
  await isMade(merging, merge.fromCartId, clearUpdate(source)).catch(() => false)
}

async function isMade(merging: Merging, cartId: string, update: Update): Promise<boolean> {
  const outcome = await send(merging.client, cartId, update, { repeatable: true })
  const made = outcome.made !== undefined
  merging.stepped ||= made || outcome.lost !== undefined
  return made
}
