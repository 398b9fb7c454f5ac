import { groupBy } from '../group-by.ts'
import type { Operation, ReadMode, Strategy } from '../history/operation.ts'
import type { CartView, Step } from './cart-view.ts'
import { type Change, changeOf, type Seen } from './model.ts'

/** What the search puts into an order: a change or an observation of one cart. */
export interface Entry {
  readonly operation: Operation
  /** Index of the cart in its component. */
  readonly cart: number
  readonly call: number
  /** Infinity for a change that may never have happened. */
  readonly end: number
  /** What the model applies; `undefined` for observations and for a merge_in, which takes the lines of `source`. */
  readonly change: Change | undefined
  readonly source: number | undefined
  /** The possible strategies of a merge_in. */
  readonly strategies: readonly Strategy[]
  /** What a read or a refusal showed; a refusal with the `change` that was refused. */
  readonly observation: { readonly seen: Seen; readonly change: Change | undefined } | undefined
  /** The lines in the response of a read, by product. */
  readonly shown: ReadonlyMap<string, number> | undefined
}

/**
 * The entries of a component, in order of call.
 *
 * @param mode which reads to include; final reads are always included
 */
export function entriesOf(component: readonly CartView[], mode: ReadMode): Entry[] {
  const indexOf = new Map(component.map(({ cart }, at) => [cart, at]))
  const entries = component.flatMap((view, cart) => [
    ...view.changes.map((step) => changeEntry(step, cart, indexOf)),
    ...view.reads
      .filter((read) => read.read === mode || read.final === true)
      .map((read) => observationEntry(read, cart, undefined)),
    ...view.refused.map((operation) => observationEntry(operation, cart, changeOf(operation))),
  ])
  return entries.sort((a, b) => a.call - b.call)
}

function changeEntry(
  { operation, call, end, change, strategies }: Step,
  cart: number,
  indexOf: ReadonlyMap<string, number>,
): Entry {
  const source = change === undefined ? indexOf.get(operation.from ?? '') : undefined
  return {
    operation,
    cart,
    call,
    end,
    change,
    source,
    strategies,
    observation: undefined,
    shown: undefined,
  }
}

function observationEntry(operation: Operation, cart: number, refused: Change | undefined): Entry {
  const { lines } = operation
  return {
    operation,
    cart,
    call: operation.call,
    end: operation.return,
    change: undefined,
    source: undefined,
    strategies: [],
    // The lines of a refused change are the request, not an observation.
    observation: {
      seen: refused === undefined ? operation : { error: operation.error },
      change: refused,
    },
    shown: refused === undefined && lines !== undefined ? new Map(lines) : undefined,
  }
}

/** Carts that merges join, directly or through other carts. */
export function componentsOf(
  carts: Iterable<string>,
  merges: readonly (readonly [target: string, source: string])[],
): string[][] {
  const parents = new Map<string, string>()
  const rootOf = (cart: string): string => {
    let root = cart
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up
    return root
  }
  for (const [target, source] of merges) {
    const [a, b] = [rootOf(target), rootOf(source)]
    if (a !== b) parents.set(b, a)
  }
  return [...groupBy(carts, rootOf).values()]
}
