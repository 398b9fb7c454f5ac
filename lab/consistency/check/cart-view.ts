import {
  type History,
  isRead,
  type ListedCart,
  type Operation,
  REFUSALS,
  type Refusal,
} from '../../history/operation.ts'
import { type Change, changeOf } from './model.ts'

/**
 * A change of one cart that was made or may have been. All attempts under one idempotency key are one change, and so
 * are all merges of one cart into another.
 */
export interface Step {
  /** The attempt that was answered first, or the first one. */
  readonly operation: Operation
  readonly kind: Change['kind']
  /** What the model applies; `undefined` for a merge_in, whose lines are the source's. */
  readonly change: Change | undefined
  /** Call of the first attempt. */
  readonly call: number
  /** By when it had happened; Infinity where it may happen any time or never. */
  readonly end: number
  /** The version that it made, where it is known. */
  readonly version: number | undefined
}

/** Everything that a history tells of one cart, each list in order of call. */
export interface CartView {
  readonly cart: string
  readonly changes: readonly Step[]
  /** Answered gets, gets that found nothing, and what lists showed of the cart (as eventual reads). */
  readonly reads: readonly Operation[]
  /** Changes that were refused for what the cart was. */
  readonly refused: readonly Operation[]
  /** Changes that certainly did not happen, the refused ones among them. */
  readonly failed: readonly Operation[]
  /** Attempts under one key that were answered with different versions, in pairs. */
  readonly answeredTwice: readonly (readonly [Operation, Operation])[]
  /** Whether the history knows how the cart began; else hardly anything can be said. */
  readonly begins: boolean
}

/** The operations that concern each cart, merges under both; lists under every cart they show. */
export type CartIndex = ReadonlyMap<string, readonly Operation[]>

export function indexCarts({ operations }: Pick<History, 'operations'>): CartIndex {
  const index = new Map<string, Operation[]>()
  for (const operation of operations) {
    for (const cart of cartsOf(operation)) pushTo(index, cart, operation)
  }
  // What is only ever listed was made by somebody else, or by a create whose answer was lost.
  for (const operation of operations) {
    for (const { cart } of operation.carts ?? []) index.get(cart)?.push(operation)
  }
  return index
}

/** The carts that an operation is about, by itself: none for a list, and for a create that made none. */
function cartsOf({ kind, status, cart, from }: Operation): readonly string[] {
  const none = kind === 'list' || cart === '' || (kind === 'create' && status === 'fail')
  if (none) return []
  return kind === 'merge' && from !== undefined ? [cart, from] : [cart]
}

/**
 * @param operations of the cart, as `indexCarts` has them
 * @param keys       whether the service honours idempotency keys
 */
export function viewCart(cart: string, operations: readonly Operation[], keys: boolean): CartView {
  const reads: Operation[] = []
  const changes: Step[] = []
  const failed: Operation[] = []
  const attempts = new Map<string, Operation[]>()
  for (const operation of sortByCall(operations)) {
    const name = isRead(operation) ? undefined : nameOf(operation, keys)
    if (isRead(operation)) collectRead(cart, operation, reads)
    else if (name !== undefined) pushTo(attempts, name, operation)
    else if (operation.status === 'fail') failed.push(operation)
    else changes.push(stepOf(cart, operation))
  }
  const answeredTwice: [Operation, Operation][] = []
  for (const group of attempts.values())
    joinAttempts(cart, group, { changes, failed, answeredTwice })
  if (attempts.size > 0) {
    changes.sort((a, b) => a.call - b.call)
    failed.sort((a, b) => a.call - b.call)
  }
  return {
    cart,
    changes,
    reads,
    refused: failed.filter(isRefused),
    failed,
    answeredTwice,
    begins: changes.some(({ kind }) => kind === 'create'),
  }
}

export function isRefusalWord(error: string | undefined): error is Refusal {
  return error !== undefined && (REFUSALS as readonly string[]).includes(error)
}

function isRefused({ kind, error }: Operation): boolean {
  return kind !== 'merge' && isRefusalWord(error)
}

/** The products that a change touches by name; `undefined` for all of the cart's. */
export function productsOf(change: Change | undefined): readonly string[] | undefined {
  if (change?.kind === 'add' || change?.kind === 'set')
    return change.lines.map(([product]) => product)
  return change?.kind === 'remove' ? [change.product] : undefined
}

/** What makes attempts one change, if anything does. */
function nameOf({ kind, key, from }: Operation, keys: boolean): string | undefined {
  // No key begins with a line end, so the two kinds of name never meet.
  if (kind === 'merge') return `\nmerge ${from}`
  return keys ? key : undefined
}

function joinAttempts(
  cart: string,
  attempts: readonly Operation[],
  into: { changes: Step[]; failed: Operation[]; answeredTwice: [Operation, Operation][] },
): void {
  const [first] = attempts
  const answered = firstAnswered(attempts)
  const open = answered ?? attempts.find(({ status }) => status === 'info')
  if (first === undefined || open === undefined) {
    into.failed.push(...attempts)
    return
  }
  const step = stepOf(cart, open)
  if (attempts.length === 1) {
    into.changes.push(step)
    return
  }
  // A merge that is repeated without a key is answered with the version of now.
  const version = open.key === undefined ? undefined : step.version
  into.changes.push({ ...step, version, call: first.call })
  if (answered === undefined || answered.kind === 'merge') return
  for (const other of attempts) {
    const differs = other.status === 'ok' && other.version !== answered.version
    if (differs) into.answeredTwice.push([answered, other])
  }
}

function firstAnswered(attempts: readonly Operation[]): Operation | undefined {
  let first: Operation | undefined
  for (const attempt of attempts) {
    if (attempt.status !== 'ok') continue
    if (first === undefined || attempt.return < first.return) first = attempt
  }
  return first
}

function stepOf(cart: string, operation: Operation): Step {
  const { call, status, version } = operation
  const end = status === 'ok' ? operation.return : Number.POSITIVE_INFINITY
  if (operation.kind !== 'merge') {
    const change = changeOf(operation)
    return { operation, kind: change?.kind ?? 'create', change, call, end, version }
  }
  return operation.from === cart
    ? { operation, kind: 'merge_out', change: { kind: 'merge_out' }, call, end, version: undefined }
    : { operation, kind: 'merge_in', change: undefined, call, end, version }
}

function collectRead(cart: string, operation: Operation, reads: Operation[]): void {
  if (operation.kind === 'list') {
    for (const listed of operation.carts ?? []) {
      if (listed.cart === cart && listed.lines !== undefined)
        reads.push(listedRead(operation, listed))
    }
  } else if (operation.status === 'ok' || operation.error === 'not_found') reads.push(operation)
}

function listedRead(list: Operation, { cart, lines, version }: ListedCart): Operation {
  return { ...list, kind: 'get', cart, lines, version, carts: undefined, read: 'eventual' }
}

/** The operations in order of call; the list itself where it is. */
export function sortByCall(operations: readonly Operation[]): readonly Operation[] {
  const sorted = operations.every(
    ({ call }, at) => at === 0 || (operations[at - 1]?.call ?? 0) <= call,
  )
  return sorted ? operations : [...operations].sort((a, b) => a.call - b.call)
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}
