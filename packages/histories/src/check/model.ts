import type { CartStatus, Line, Operation, Refusal, Strategy } from '../history/operation.ts'

/** `absent`: never created, or deleted. */
export type ModelStatus = CartStatus | 'absent' | 'deleted'

/** What a cart is, as far as its users can see: the specification that histories are held against. */
export interface CartState {
  readonly status: ModelStatus
  readonly lines: ReadonlyMap<string, number>
  /** The cart that a merge took it into: it can be taken into one only. */
  readonly into?: string | undefined
}

export const ABSENT: CartState = { status: 'absent', lines: new Map() }

/** A change as the model sees it: a merge is one step on its source and then one on its target. */
export type Change =
  | { readonly kind: 'create' | 'empty' | 'delete' | 'checkout' }
  | { readonly kind: 'merge_out'; readonly into: string }
  | { readonly kind: 'add' | 'set'; readonly lines: readonly Line[] }
  | { readonly kind: 'remove'; readonly product: string }
  | {
      readonly kind: 'merge_in'
      readonly lines: ReadonlyMap<string, number>
      readonly strategy: Strategy
    }

/** A cart that changes are made to in place: a replay of many needs no copy of each state. */
export interface OpenCart {
  status: ModelStatus
  readonly lines: Map<string, number>
  into?: string | undefined
}

export function copyOf({ status, lines, into }: CartState): OpenCart {
  return { status, lines: new Map(lines), into }
}

/** The cart after the change, or why it is refused (and nothing changes). Pure. */
export function apply(state: CartState, change: Change): CartState | Refusal {
  const refusal = refusalOf(state, change)
  if (refusal !== undefined) return refusal
  const next = copyOf(state)
  perform(next, change)
  return next
}

/** Why the cart does not allow the change; `undefined` if it does. */
export function refusalOf({ status, lines }: CartState, change: Change): Refusal | undefined {
  // A second create is answered like the first.
  if (change.kind === 'create') return undefined
  if (status === 'absent' || status === 'deleted') return 'not_found'
  if (status !== 'active') return 'not_active'
  if (change.kind === 'remove' && !lines.has(change.product)) return 'line_not_found'
  return change.kind === 'checkout' && lines.size === 0 ? 'cart_empty' : undefined
}

/** Makes a change that the cart allows. */
export function perform(cart: OpenCart, change: Change): void {
  switch (change.kind) {
    case 'create':
      if (cart.status === 'absent') cart.status = 'active'
      break
    case 'add':
      putLines(cart, change.lines, ADD)
      break
    case 'set':
      putLines(cart, change.lines, SET)
      break
    case 'remove':
      cart.lines.delete(change.product)
      break
    case 'empty':
      cart.lines.clear()
      break
    case 'merge_in':
      putLines(cart, change.lines, JOIN[change.strategy])
      break
    default:
      if (change.kind === 'delete') cart.lines.clear()
      if (change.kind === 'merge_out') cart.into = change.into
      cart.status = ENDS[change.kind]
  }
}

/** What becomes of a cart that a change ends. */
export const ENDS = { delete: 'deleted', checkout: 'checked_out', merge_out: 'merged' } as const

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
  // Without destructuring: that costs a quarter of a replay.
  for (const line of seen) if (held.get(line[0]) !== line[1]) return false
  return true
}

/** A text that two states share only if they are the same. */
export function stateKey(state: CartState): string {
  const known = keys.get(state)
  if (known !== undefined) return known
  const { into } = state
  let key = into === undefined ? state.status : `${state.status}|${into.length}:${into}`
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

const SET: Join = (_, quantity) => quantity

const JOIN: Record<Strategy, Join> = {
  sum: ADD,
  max: (present = 0, quantity) => Math.max(present, quantity),
  keep: (present, quantity) => present ?? quantity,
}

function putLines({ lines }: OpenCart, changed: Iterable<Line>, join: Join): void {
  for (const line of changed) lines.set(line[0], join(lines.get(line[0]), line[1]))
}
