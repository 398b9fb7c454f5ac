import { CartError } from '../../cart/errors.ts'
import { type Merge, type MergeOptions, mergeCarts } from '../../cart/merge.ts'
import type { CartState, Changed } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { type Item, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { afterLost } from './errors.ts'
import { stateOf } from './item.ts'
import { readItem } from './items.ts'
import { asSeen, commitUpdate, freezeUpdate, pendingInto } from './merge-updates.ts'
import { endMerge, isMade, passingMerges } from './pending.ts'
import { whileContended } from './retry.ts'
import { send } from './send.ts'

/**
 * Merging two carts without a transaction. S is the source, T the target:
 *
 *     read S, then T
 *     freeze   S: merged, into T, under T's present term; its lines stay, and what it was before
 *     commit   T: the lines of both, S among `absorbed`;  if T's term is the one S is frozen under
 *     clear    S: no lines, no term
 *
 * A frozen S with a term is *pending*. The merge happens at the commit, for both carts at once: to everybody
 * else a pending S is merged if T has absorbed it, and until then what it was before the freeze (`asSeen`).
 * Readers of a pending S therefore look at T too, after S. If T has not absorbed S then, it had not when S was read,
 * so what S was before is what it was at that moment. If it has, S is merged for good; but the freeze that was read is
 * surely the one that was committed only if T is still under its term, and otherwise S is read again.
 *
 * Whoever wants to change a pending S waits a little, and then ends the merge (`endMerge`): clears S if it has been
 * absorbed, or takes the merge back:
 *
 *     fence    T: the next term;                          if its term is that of S and S is not absorbed
 *     thaw     S: what it was before;                     if frozen under the same term still
 *
 * So does a merge that is refused after its freeze. Each step is one UpdateItem on what is named above and, but for
 * the fence, on the condition that the version and the number of thaws are as they were read. When one is refused, both
 * carts are read again and all is decided anew. Being cut off between any two steps does no harm: the next caller of the same merge goes on from
 * there, anybody else takes it back. A T whose fence has moved on gives a pending S its new term first.
 *
 * T's term is its time of creation and its `merge_fence`, which only counts up: it never comes back, also when T
 * expires and is replaced by a new cart of its id. Neither does a version together with the number of thaws.
 *
 * Why lines are never doubled, that is, why S is never both absorbed and thawed. Let S have been thawed from the
 * freeze of version v, after so many thaws, under term t. (1) The thaw's own condition: t was S's term to the end,
 * and since a term is only ever replaced by a later one (T is read after S), its last; every other term of this freeze
 * is earlier. (2) The caller had seen T, after S, in one atomic look, without S among `absorbed` and past t: by the
 * fence it set itself, by a strong read of a later term, or by T's being gone. So there was no commit of S before that
 * look. (3) After it, a commit from this freeze has to find T under t or an earlier term, which T does not come back
 * to. Whoever holds S from before the thaw is refused, however long they pause (short of a whole lifetime of S, after
 * which another cart may have its id). The other way round: after a commit, `absorbed` holds S for as long as T exists,
 * so no look lets a thaw pass. The one exception is a T that expired and was removed or replaced before the clear of its
 * merge was made up for: then S may come back, and there is no other copy of its lines.
 *
 * Why nothing is lost: S keeps its lines until a caller has seen S in `absorbed`, and while it is pending nothing
 * else changes it, so that what is committed are the lines it shows. Two opposite merges may freeze both carts: each
 * then finds its target pending, and takes the other one back.
 *
 * Every step has no effect when it comes a second time, so each is sent again when its answer was lost.
 */
export async function mergeCart(
  client: Client,
  cartId: string,
  merge: MergeOptions,
  change: ChangeOptions,
): Promise<Changed> {
  const passesMerges = passingMerges(client)
  /** How the answer to the last commit was lost, until both carts have been looked at again. */
  let lost: unknown

  async function attempt(): Promise<Changed | undefined> {
    const pair = await readPair(client, cartId, merge, passesMerges)
    if (pair === undefined) return
    lost = undefined
    const plan = planOf(pair, merge, change)
    if (plan instanceof CartError) {
      if (!(await release(client, pair))) return
      throw plan
    }
    if (pair.source === undefined || pair.target === undefined || plan.target === undefined) {
      await tidy(client, pair)
      return plan.changed
    }
    const { source, target } = pair
    const outcome = await freezeAndCommit(client, { source, target, merged: plan.target }, change)
    lost = outcome?.lost
    if (outcome?.made === undefined) return
    await tidy(client, outcome.made)
    return plan.changed
  }

  try {
    return await whileContended(attempt, client.events)
  } catch (error) {
    throw afterLost(error, lost)
  }
}

/** Both carts as they were read, neither of them frozen for another merge than this one. */
interface Pair {
  readonly source: Item | undefined
  readonly target: Item | undefined
}

/**
 * The source first: the proof above needs the look at the target to come after that at the source. `undefined` when
 * there was another merge to get past.
 */
async function readPair(
  client: Client,
  cartId: string,
  { fromCartId }: MergeOptions,
  passesMerges: ReturnType<typeof passingMerges>,
): Promise<Pair | undefined> {
  const source = await readItem(client, fromCartId)
  const isOurs = source !== undefined && pendingInto(source) === cartId
  if (!isOurs && !(await passesMerges(source))) return
  const target = await readItem(client, cartId)
  return (await passesMerges(target)) ? { source, target } : undefined
}

/** What the rules make of the two carts. */
function planOf(
  { source, target }: Pair,
  merge: MergeOptions,
  change: ChangeOptions,
): Merge | CartError {
  const seen = source && asSeen(source, target)
  try {
    return mergeCarts(target && stateOf(target), seen && stateOf(seen), merge, change)
  } catch (error) {
    if (error instanceof CartError) return error
    throw error
  }
}

/** The two writes that make a merge. `undefined` when already the first was refused. */
async function freezeAndCommit(
  client: Client,
  { source, target, merged }: { source: Item; target: Item; merged: CartState },
  change: ChangeOptions,
): Promise<{ readonly made?: Pair; readonly lost?: unknown } | undefined> {
  const freeze = freezeUpdate(source, target, change)
  const isFrozen =
    freeze === undefined || (await isMade(client, textIn(source, 'cart_id'), freeze.update))
  if (!isFrozen) return undefined
  const { update, next } = commitUpdate(target, merged)
  const outcome = await send(client, textIn(target, 'cart_id'), update, { repeatable: true })
  if (outcome.made === undefined) return { lost: outcome.lost }
  return { made: { source: freeze?.next ?? source, target: next } }
}

/** Ends a merge that has begun, as `endMerge`; true also when none has. */
async function release(client: Client, { source, target }: Pair): Promise<boolean> {
  const isPending = source !== undefined && pendingInto(source) !== undefined
  return !isPending || endMerge(client, source, target)
}

/** That it fails takes nothing from a merge that has been made, and whoever meets the source next tries again. */
async function tidy(client: Client, pair: Pair): Promise<void> {
  await release(client, pair).catch(() => false)
}
