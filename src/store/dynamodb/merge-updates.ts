import { freeze } from '../../cart/merge.ts'
import type { CartState } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { countIn, type Item, mapIn, number, numberIn, textIn, without } from './attributes.ts'
import { stateOf, withCart } from './item.ts'
import { sameCount, type Update, versionUpdate } from './updates.ts'

/** The single steps of a merge; `merge.ts` says what they are for. */

/** A step, and the item that it leaves behind. */
export interface Step {
  readonly update: Update
  readonly next: Item
}

/** The term of a target; a later one never equals it. */
export function termOf(target: Item): string {
  return `${numberIn(target, 'created_at')}.${fenceOf(target)}`
}

/** The cart that `item` is frozen for, by a merge that is not over: `merge.ts` says what that means to others. */
export function pendingInto(item: Item): string | undefined {
  return item.merge_term === undefined ? undefined : textIn(item, 'merged_into')
}

/** Whether the source's lines are in the target, whose item this is if there is one. */
export function isAbsorbed(source: Item, target: Item | undefined): boolean {
  return target?.absorbed?.SS?.includes(textIn(source, 'cart_id')) === true
}

/**
 * What a cart is to everybody else, given its item and that of the cart it is frozen for, if it is: merged once that
 * one has absorbed it, and what it was before the freeze until then.
 */
export function asSeen(item: Item, target: Item | undefined): Item {
  return pendingInto(item) === undefined || isAbsorbed(item, target) ? item : beforeFreeze(item)
}

/** Freezes the source under the target's term, or moves a frozen one to it; `undefined` when there is nothing to do. */
export function freezeUpdate(source: Item, target: Item, change: ChangeOptions): Step | undefined {
  const targetId = textIn(target, 'cart_id')
  const term = { merge_term: { S: termOf(target) } }
  if (pendingInto(source) === targetId) {
    if (source.merge_term?.S === term.merge_term.S) return undefined
    return stepTo(source, { ...source, ...term })
  }
  const state = stateOf(source)
  // Merged and cleared already, into an earlier cart of the target's id.
  if (state.mergedInto === targetId) return undefined
  const before = {
    updated_at: number(state.updatedAt),
    expires_at: number(numberIn(source, 'expires_at')),
  }
  const frozen = withCart(source, freeze(state, targetId, change))
  // The later of the two: neither TTL nor a new cart of its id may take a cart that is still there.
  const expires = Math.max(numberIn(source, 'expires_at'), numberIn(frozen, 'expires_at'))
  const kept = { ...term, expires_at: number(expires), before_freeze: { M: before } }
  return stepTo(source, { ...frozen, ...kept })
}

/** Writes the merged cart, provided that the target is still of the term it was read under. */
export function commitUpdate(target: Item, merged: CartState): Step {
  const next = withCart(target, merged)
  return { update: underFence(versionUpdate(target, next), target), next }
}

/** Takes the lines out of a source whose target has absorbed it. Readers see it as empty already: no step of the version. */
export function clearUpdate(source: Item): Update {
  const cleared = withCart(source, { ...stateOf(source), lines: [] })
  return versionUpdate(source, without(cleared, 'merge_term', 'before_freeze'))
}

/** Moves the target to its next term, unless it has absorbed the source. Not a change of the cart: no step of the version. */
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

/** Makes the source what it was before it was frozen. Not a change of the cart: no version has been used up. */
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

function stepTo(seen: Item, next: Item): Step {
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
