import type { CartStatus, Line, Operation, Refusal, Strategy } from '../../history/operation.ts'

/** `absent`: never created, or deleted. */
export type ModelStatus = CartStatus | 'absent' | 'deleted'

/** What a cart is, as far as its users can see: the specification that histories are held against. */
export interface CartState {
  readonly status: ModelStatus
  readonly lines: ReadonlyMap<string, number>
}

export const ABSENT: CartState = { status: 'absent', lines: new Map() }

/** A change as the model sees it: a merge is one step on its source and then one on its target. */
export type Change =
  | { readonly kind: 'create' | 'empty' | 'delete' | 'checkout' | 'merge_out' }
  | { readonly kind: 'add' | 'set'; readonly lines: readonly Line[] }
  | { readonly kind: 'remove'; readonly product: string }
  | {
      readonly kind: 'merge_in'
      readonly lines: ReadonlyMap<string, number>
      readonly strategy: Strategy
    }

/** The cart after the change, or why it is refused (and nothing changes). Pure. */
export function apply(state: CartState, change: Change): CartState | Refusal {
  if (change.kind === 'create') {
    // A second create is answered like the first.
    return state.status === 'absent' ? { status: 'active', lines: new Map() } : state
  }
  if (state.status === 'absent' || state.status === 'deleted') return 'not_found'
  if (state.status !== 'active') return 'not_active'
  switch (change.kind) {
    case 'add':
      return withLines(state, change.lines, ADD)
    case 'set':
      return withLines(state, change.lines, (_, quantity) => quantity)
    case 'remove':
      return without(state, change.product)
    case 'empty':
      return { status: 'active', lines: new Map() }
    case 'delete':
      return { status: 'deleted', lines: new Map() }
    case 'checkout':
      return state.lines.size === 0 ? 'cart_empty' : { ...state, status: 'checked_out' }
    case 'merge_out':
      return { ...state, status: 'merged' }
    case 'merge_in':
      return withLines(state, change.lines, JOIN[change.strategy])
  }
}

export function isRefusal(outcome: CartState | Refusal): outcome is Refusal {
  return typeof outcome === 'string'
}

/** What the model needs of a recorded change; `undefined` for reads and merges, which take more than one cart. */
export function changeOf({ kind, lines = [], product = '' }: Operation): Change | undefined {
  switch (kind) {
    case 'add':
    case 'set':
      return { kind, lines }
    case 'remove':
      return { kind, product }
    case 'create':
    case 'empty':
    case 'delete':
    case 'checkout':
      return { kind }
    default:
      return undefined
  }
}

/** What an answered get must look like: the state that it read. */
export type Seen = Pick<Operation, 'lines' | 'cart_status' | 'error'>

/**
 * Whether a read (its answer, or its `not_found`) fits the state. The source of a merge may still show what it held:
 * a merge is two steps, and only the first is the source's.
 */
export function fits({ status, lines }: CartState, seen: Seen): boolean {
  const gone = status === 'absent' || status === 'deleted'
  if (seen.error !== undefined) return gone && seen.error === 'not_found'
  if (gone || (seen.cart_status !== undefined && seen.cart_status !== status)) return false
  return (status === 'merged' && seen.lines?.length === 0) || sameLines(lines, seen.lines ?? [])
}

export function sameLines(held: ReadonlyMap<string, number>, seen: readonly Line[]): boolean {
  if (held.size !== seen.length) return false
  for (const [product, quantity] of seen) if (held.get(product) !== quantity) return false
  return true
}

/** A text that two states share only if they are the same. */
export function stateKey(state: CartState): string {
  const known = keys.get(state)
  if (known !== undefined) return known
  let key: string = state.status
  for (const product of [...state.lines.keys()].sort()) {
    key += `|${product.length}:${product}${state.lines.get(product)}`
  }
  keys.set(state, key)
  return key
}

// States are never changed, so a key is made once.
const keys = new WeakMap<CartState, string>()

type Join = (present: number | undefined, quantity: number) => number

const ADD: Join = (present = 0, quantity) => present + quantity

const JOIN: Record<Strategy, Join> = {
  sum: ADD,
  max: (present = 0, quantity) => Math.max(present, quantity),
  keep: (present, quantity) => present ?? quantity,
}

function withLines({ status, lines }: CartState, changed: Iterable<Line>, join: Join): CartState {
  const next = new Map(lines)
  for (const [product, quantity] of changed) next.set(product, join(lines.get(product), quantity))
  return { status, lines: next }
}

function without({ status, lines }: CartState, product: string): CartState | Refusal {
  if (!lines.has(product)) return 'line_not_found'
  const next = new Map(lines)
  next.delete(product)
  return { status, lines: next }
}
