import { freeze } from '../../cart/merge.ts'
import type { CartState } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { countIn, type Item, mapIn, number, numberIn, textIn, without } from './attributes.ts'
import { stateOf, withCart } from './item.ts'
import { sameCount, type Update, versionUpdate } from './updates.ts'

/** The steps of a merge; `merge.ts` explains them. */

/** A step, and the item after it. */
export interface MergeWrite {
  readonly update: Update
  readonly next: Item
}

/** The term of a target; later terms never equal it. */
export function termOf(target: Item): string {
  return `${numberIn(target, 'created_at')}.${fenceOf(target)}`
}

/** The target for which `item` is frozen by a merge in progress; `undefined` when it is not frozen. */
export function pendingInto(item: Item): string | undefined {
  return item.merge_term === undefined ? undefined : textIn(item, 'merged_into')
}

/** Whether the target, if it exists, has absorbed the source's lines. */
export function isAbsorbed(source: Item, target: Item | undefined): boolean {
  return target?.absorbed?.SS?.includes(textIn(source, 'cart_id')) === true
}

/**
 * The cart as other calls must see it, given its item and the item of the target for which it is frozen, if any: merged when
 * the target has absorbed it; until then as before the freeze.
 */
export function asSeen(item: Item, target: Item | undefined): Item {
  return pendingInto(item) === undefined || isAbsorbed(item, target) ? item : beforeFreeze(item)
}

/** Freezes the source under the target's term, or updates the term of a frozen source; `undefined` when nothing is to do. */
export function freezeUpdate(
  source: Item,
  target: Item,
  change: ChangeOptions,
): MergeWrite | undefined {
  const targetId = textIn(target, 'cart_id')
  const term = { merge_term: { S: termOf(target) } }
  if (pendingInto(source) === targetId) {
    if (source.merge_term?.S === term.merge_term.S) return undefined
    return stepTo(source, { ...source, ...term })
  }
  const state = stateOf(source)
  // Already merged and cleared, into an earlier cart with the target's id.
  if (state.mergedInto === targetId) return undefined
  const before = {
    updated_at: number(state.updatedAt),
    expires_at: number(numberIn(source, 'expires_at')),
  }
  const frozen = withCart(source, freeze(state, targetId, change))
  return stepTo(source, { ...frozen, ...term, before_freeze: { M: before } })
}

/** Writes the merged cart, on the condition that the target still has the term with which it was read. */
export function commitUpdate(target: Item, merged: CartState): MergeWrite {
  const next = withCart(target, merged)
  return { update: underFence(versionUpdate(target, next), target), next }
}

/** Removes the lines of an absorbed source. Readers see it without lines already, so the version stays. */
export function clearUpdate(source: Item): Update {
  const cleared = withCart(source, { ...stateOf(source), lines: [] })
  return versionUpdate(source, without(cleared, 'merge_term', 'before_freeze'))
}

/** Moves the target to its next term, unless it has absorbed the source. Not a change of the cart, so the version stays. */
export function fenceUpdate(target: Item, sourceId: string): Update {
  return underFence(
    {
      set: ['merge_fence = :next_fence'],
      when: [
        'created_at = :made',
        '(attribute_not_exists(absorbed) OR NOT contains(absorbed, :source))',
      ],
      names: {},
      values: {
        ':next_fence': number(fenceOf(target) + 1),
        ':made': number(numberIn(target, 'created_at')),
        ':source': { S: sourceId },
      },
    },
    target,
  )
}

/** Restores the source to its state before the freeze, including the version. */
export function thawUpdate(source: Item): Update {
  const thaws = number(countIn(source, 'thaws') + 1)
  return versionUpdate(source, { ...beforeFreeze(source), thaws })
}

function beforeFreeze(source: Item): Item {
  return {
    ...without(source, 'merged_into', 'merge_term', 'before_freeze'),
    ...mapIn(source, 'before_freeze'),
    status: { S: 'active' },
    version: number(numberIn(source, 'version') - 1),
  }
}

function stepTo(seen: Item, next: Item): MergeWrite {
  return { update: versionUpdate(seen, next), next }
}

function fenceOf(target: Item): number {
  return countIn(target, 'merge_fence')
}

function underFence(update: Update, target: Item): Update {
  const fence = sameCount(target, 'merge_fence')
  return {
    ...update,
    when: [...update.when, ...fence.when],
    values: { ...update.values, ...fence.values },
  }
}
