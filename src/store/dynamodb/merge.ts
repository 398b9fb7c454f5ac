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
 *     freeze   S: status merged, into T, with T's current term; keeps its lines, and its former state
 *     commit   T: the lines of both carts, S in `absorbed`;    if T still has the term with which S is frozen
 *     clear    S: removes lines and term
 *
 * A frozen S with a term is *pending*. The commit is the moment of the merge, for both carts: to all other calls, a pending S
 * is merged if T has absorbed it, and otherwise in its state before the freeze (`asSeen`). Readers of a pending S therefore
 * read T too, after S. If T has not absorbed S by then, it had not when S was read, so the state before the freeze is the
 * state at that moment. If T has absorbed S, then S is merged for good; but the freeze that was read is certainly the one that
 * was committed only if T still has its term. Otherwise S is read again.
 *
 * A call that wants to change a pending S waits a little and then ends the merge (`endMerge`): it clears S if S has been
 * absorbed; otherwise it undoes the merge:
 *
 *     fence    T: the next term;                 if T has the term of S, and S is not absorbed
 *     thaw     S: its state before the freeze;   if S is still frozen with the same term
 *
 * A merge that is refused after its freeze does the same. Each step is one UpdateItem with the condition above; all except the
 * fence also require the version and the number of thaws that were read. When a step is refused, both carts are read again
 * and everything is decided again. An interruption between any two steps is harmless: the next call of the same merge
 * continues, and any other call undoes the merge. If the fence of T has moved on, a pending S first gets T's new term.
 *
 * T's term consists of its time of creation and its `merge_fence`, which only increases. So a term never recurs, even if T
 * expires and is replaced by a new cart with its id. Neither does a version together with the number of thaws.
 *
 * Why lines are never doubled, that is, why S is never both absorbed and thawed. Suppose that S was thawed from the freeze of
 * version v, after n thaws, under term t.
 *
 * 1. By the condition of the thaw, t was S's term until then. A term is only ever replaced by a later one (T is read after
 *    S), so t was the last term of this freeze, and every other term of it is earlier.
 * 2. The caller had seen T, after S, in one atomic read or write: without S in `absorbed`, and past t (by the caller's own
 *    fence, by a strong read of a later term, or because T was gone). So S had not been committed before that moment.
 * 3. After that moment, a commit from this freeze would have to find T with t or an earlier term, which never recurs.
 *
 * A caller that has read S before the thaw is refused, however long it pauses (unless it pauses for a whole lifetime of S,
 * after which another cart may have its id). Conversely: after a commit, `absorbed` contains S as long as T exists, so that no
 * read allows a thaw. The one exception is a T that expired and was removed or replaced before anybody made up for a missing
 * clear: then S may be thawed, and there is no other copy of its lines.
 *
 * Why nothing is lost: S keeps its lines until a caller has seen S in `absorbed`. While S is pending, nothing else changes it,
 * so that the lines it shows are the lines that are committed. Two opposite merges may freeze both carts; then each finds its
 * target pending and undoes the other merge.
 *
 * Every step has no effect when it is repeated, so each is sent again when its response was lost.
 */
export async function mergeCart(
  client: Client,
  cartId: string,
  merge: MergeOptions,
  change: ChangeOptions,
): Promise<Changed> {
  const passesMerges = passingMerges(client)
  /** The failure by which the response to the last commit was lost, until both carts have been read again. */
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

/** Both carts as they were read; neither is frozen for another merge. */
interface Pair {
  readonly source: Item | undefined
  readonly target: Item | undefined
}

/**
 * Reads the source first: the proof above requires that the target is read after the source. `undefined` when another merge
 * was in progress.
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

/** The merge of the two carts by the rules, or the error that refuses it. */
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

/** The two writes of a merge. `undefined` when the freeze was refused. */
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

/** Ends a merge that has begun (`endMerge`); true also when none has begun. */
async function release(client: Client, { source, target }: Pair): Promise<boolean> {
  const isPending = source !== undefined && pendingInto(source) !== undefined
  return !isPending || endMerge(client, source, target)
}

/** Failures are ignored: the merge has been made, and the next call that finds the source pending tries again. */
async function tidy(client: Client, pair: Pair): Promise<void> {
  await release(client, pair).catch(() => false)
}
