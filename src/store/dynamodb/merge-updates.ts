import { freeze } from '../../cart/merge.ts'
import { type CartState, nextState } from '../../cart/rules.ts'
import type { ChangeOptions } from '../cart-store.ts'
import { type Item, number, numberIn, textIn, without } from './attributes.ts'
import { stateOf, withCart } from './item.ts'
import { type Update, versionUpdate } from './updates.ts'

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

/** Whether `source` is frozen for the cart of that id, and may still be thawed or its lines be needed. */
export function isPending(source: Item, targetId: string): boolean {
  return source.merge_term !== undefined && source.merged_into?.S === targetId
}

export function hasAbsorbed(target: Item, sourceId: string): boolean {
  return target.absorbed?.SS?.includes(sourceId) === true
}

/** Freezes the source under the target's term, or moves a frozen one to it; `undefined` when there is nothing to do. */
export function freezeUpdate(source: Item, target: Item, change: ChangeOptions): Step | undefined {
  const targetId = textIn(target, 'cart_id')
  const state = stateOf(source)
  // Merged and cleared already, into an earlier cart of the target's id.
  if (state.mergedInto === targetId && !isPending(source, targetId)) return undefined
  const term = termOf(target)
  if (source.merge_term?.S === term) return undefined
  const next = { ...withCart(source, freeze(state, targetId, change)), merge_term: { S: term } }
  return { update: versionUpdate(source, next), next }
}

/** Writes the merged cart, provided that the target is still of the term it was read under. */
export function commitUpdate(target: Item, merged: CartState): Step {
  const next = withCart(target, merged)
  return { update: underFence(versionUpdate(target, next), target), next }
}

/** Takes the lines out of a source whose target has absorbed it. Readers see it as empty already: no step of the version. */
export function clearUpdate(source: Item): Update {
  const cleared = withCart(source, { ...stateOf(source), lines: [] })
  return versionUpdate(source, without(cleared, 'merge_term'))
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

/** Makes the source active again, with the lines it was frozen with. */
export function thawUpdate(source: Item, change: ChangeOptions): Update {
  const thawed = nextState(
    stateOf(source),
    { ...change, key: undefined },
    { status: 'active', mergedInto: null },
  )
  return versionUpdate(source, without(withCart(source, thawed), 'merge_term'))
}

function fenceOf(target: Item): number {
  return target.merge_fence === undefined ? 0 : numberIn(target, 'merge_fence')
}

function underFence(update: Update, target: Item): Update {
  const fence = fenceOf(target)
  if (fence === 0) return { ...update, when: [...update.when, 'attribute_not_exists(merge_fence)'] }
  return {
    ...update,
    when: [...update.when, 'merge_fence = :fence'],
    values: { ...update.values, ':fence': number(fence) },
  }
}
