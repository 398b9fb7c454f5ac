import { type Operation, REFUSALS, type Refusal, type Strategy } from '../history/operation.ts'
import { type Change, changeOf } from './model.ts'

/**
 * A change of one cart that happened or may have happened. All attempts under one idempotency key are one change, and so
 * are all merges of one cart into another.
 */
export interface RecordedChange {
  /** The attempt that was acknowledged first; without one, the first attempt. */
  readonly operation: Operation
  readonly kind: Change['kind']
  /** What the model applies; `undefined` for a merge_in, whose lines are those of the source. */
  readonly change: Change | undefined
  /** The strategies of the attempts at a merge_in. One attempt made the merge; which one is unknown. */
  readonly strategies: readonly Strategy[]
  /** Call of the first attempt. */
  readonly call: number
  /** By when it had happened; Infinity if it may happen at any time or never. */
  readonly end: number
  /** The version that it created, if known. */
  readonly version: number | undefined
}

/** Everything in a history about one cart, each list in order of call. */
export interface CartView {
  readonly cart: string
  readonly changes: readonly RecordedChange[]
  /** Gets with a response, including those that did not find the cart. */
  readonly gets: readonly Operation[]
  /** `gets`, and what lists showed of the cart. */
  readonly reads: readonly Operation[]
  /** Changes that were refused because of the state of the cart. */
  readonly refused: readonly Operation[]
  /** Changes that certainly did not happen, including `refused`. */
  readonly failed: readonly Operation[]
  /** Pairs of attempts under one key whose responses have different versions. */
  readonly answeredTwice: readonly (readonly [Operation, Operation])[]
  /** Whether the history contains the creation of the cart. Without it, hardly anything can be checked. */
  readonly begins: boolean
}

/**
 * @param operations those of the cart, from `survey`
 * @param listed     what lists showed of the cart, from `indexListed`
 * @param keys       whether the service honours idempotency keys
 */
export function viewCart(
  cart: string,
  operations: readonly Operation[],
  listed: readonly Operation[],
  keys: boolean,
): CartView {
  const sorted = sortByCall(operations)
  const gets: Operation[] = []
  for (const operation of sorted) {
    const { kind, status, error } = operation
    if (kind === 'get' && (status === 'ok' || error === 'not_found')) gets.push(operation)
  }
  const into = changesOf(cart, sorted, keys)
  return {
    cart,
    changes: into.changes,
    gets,
    reads: listed.length === 0 ? gets : sortByCall([...gets, ...listed]),
    refused: into.failed.filter(isRefused),
    failed: into.failed,
    answeredTwice: into.answeredTwice,
    begins: into.changes.some(({ kind }) => kind === 'create'),
  }
}

function changesOf(cart: string, operations: readonly Operation[], keys: boolean): Changes {
  const { repeated, nameOf } = attemptsOf(operations, keys)
  const into: Changes = { changes: [], failed: [], answeredTwice: [] }
  for (const operation of operations) {
    if (operation.kind === 'get') continue
    const name = repeated.size === 0 ? undefined : nameOf(operation)
    const attempts = name === undefined ? undefined : repeated.get(name)
    if (attempts !== undefined) joinAttempts(cart, operation, attempts, into)
    else if (operation.status === 'fail') into.failed.push(operation)
    else into.changes.push(stepOf(cart, operation))
  }
  return into
}

/** A text that attempts at one change have in common; `undefined` for a change with a single attempt. */
type Name = (operation: Operation) => string | undefined

interface Attempts {
  readonly nameOf: Name
  /** The attempts at each change with more than one attempt. */
  readonly repeated: ReadonlyMap<string, readonly Operation[]>
}

function attemptsOf(operations: readonly Operation[], keys: boolean): Attempts {
  const byMerge: Name = ({ kind, from, cart }) =>
    kind === 'merge' ? `merge ${from} ${cart}` : undefined
  if (!keys) return { nameOf: byMerge, repeated: repeatedBy(byMerge, operations) ?? new Map() }
  // The key alone identifies most changes. Building a text of kind and key for each of millions takes twice as long.
  const byKey: Name = (one) => byMerge(one) ?? (one.kind === 'get' ? undefined : one.key)
  const repeated = repeatedBy(byKey, operations)
  if (repeated !== undefined) return { nameOf: byKey, repeated }
  const byKind: Name = (one) =>
    byMerge(one) ??
    (one.kind === 'get' || one.key === undefined ? undefined : `${one.kind} ${one.key}`)
  return { nameOf: byKind, repeated: repeatedBy(byKind, operations) ?? new Map() }
}

/** `undefined` if one name stands for changes of two kinds. */
function repeatedBy(
  nameOf: Name,
  operations: readonly Operation[],
): Map<string, Operation[]> | undefined {
  const first = new Map<string, Operation>()
  const repeated = new Map<string, Operation[]>()
  for (const operation of operations) {
    const name = nameOf(operation)
    if (name === undefined) continue
    const known = first.get(name)
    if (known === undefined) {
      first.set(name, operation)
      continue
    }
    if (known.kind !== operation.kind) return undefined
    const attempts = repeated.get(name)
    if (attempts === undefined) repeated.set(name, [known, operation])
    else attempts.push(operation)
  }
  return repeated
}

function isRefusalWord(error: string | undefined): error is Refusal {
  return error !== undefined && (REFUSALS as readonly string[]).includes(error)
}

function isRefused({ kind, error }: Operation): boolean {
  return kind !== 'merge' && isRefusalWord(error)
}

/** Whether the read must show everything that was acknowledged before it. */
export function isCurrent({ read, final }: Operation): boolean {
  return read === 'strong' || final === true
}

/** Whether a delete can have come before the end of the read, so that the read may find nothing. */
export function mayBeDeleted({ changes }: CartView, read: Pick<Operation, 'return'>): boolean {
  return changes.some(({ kind, call }) => kind === 'delete' && call <= read.return)
}

/**
 * Whether the read can be of a cart whose lines a merge has taken. Then a missing line proves nothing. Not every service
 * shows the status of the cart.
 */
export function mayBeEmptied({ changes }: CartView, read: Operation): boolean {
  const { cart_status: status, lines = [] } = read
  if (status !== undefined) return status === 'merged'
  return (
    lines.length === 0 &&
    changes.some(({ kind, call }) => kind === 'merge_out' && call <= read.return)
  )
}

/** The products that a change names; `undefined` for a change of the whole cart. */
export function productsTouched(change: Change | undefined): readonly string[] | undefined {
  if (change?.kind === 'add' || change?.kind === 'set')
    return change.lines.map(([product]) => product)
  return change?.kind === 'remove' ? [change.product] : undefined
}

interface Changes {
  readonly changes: RecordedChange[]
  readonly failed: Operation[]
  readonly answeredTwice: [Operation, Operation][]
}

/** Adds the attempts at one change once, at the position of the first attempt. */
function joinAttempts(
  cart: string,
  operation: Operation,
  attempts: readonly Operation[],
  into: Changes,
): void {
  const answered = firstAcknowledged(attempts)
  const open = answered ?? attempts.find(({ status }) => status === 'info')
  if (open === undefined) into.failed.push(operation)
  if (open === undefined || operation !== attempts[0]) return
  const step = stepOf(cart, open)
  // The response to a repeated merge has the current version.
  const version = open.kind === 'merge' ? undefined : step.version
  // An attempt after the first response found the merge done.
  const inTime = attempts.filter(({ call }) => call <= (answered?.return ?? Infinity))
  const strategies = step.kind === 'merge_in' ? strategiesOf(inTime) : []
  into.changes.push({ ...step, strategies, version, call: operation.call })
  if (answered === undefined || answered.kind === 'merge') return
  for (const other of attempts) {
    const differs = other.version !== answered.version
    const known = other.version !== undefined && answered.version !== undefined
    if (other.status === 'ok' && known && differs) into.answeredTwice.push([answered, other])
  }
}

function strategiesOf(attempts: readonly Operation[]): Strategy[] {
  const made = attempts.filter(({ status }) => status !== 'fail')
  return [...new Set(made.map(({ strategy = 'sum' }) => strategy))]
}

function firstAcknowledged(attempts: readonly Operation[]): Operation | undefined {
  let first: Operation | undefined
  for (const attempt of attempts) {
    if (attempt.status !== 'ok') continue
    if (first === undefined || attempt.return < first.return) first = attempt
  }
  return first
}

function stepOf(cart: string, operation: Operation): RecordedChange {
  const { call, status } = operation
  const end = status === 'ok' ? operation.return : Number.POSITIVE_INFINITY
  // The version of a truncated response proves nothing.
  const version = status === 'ok' ? operation.version : undefined
  if (operation.kind !== 'merge') {
    const change = changeOf(operation)
    return { operation, kind: change?.kind ?? 'create', change, strategies: [], call, end, version }
  }
  const merge = { operation, strategies: strategiesOf([operation]), call, end }
  if (operation.from !== cart) return { ...merge, kind: 'merge_in', change: undefined, version }
  const change = { kind: 'merge_out', into: operation.cart } as const
  return { ...merge, kind: 'merge_out', change, version: undefined }
}

/** The operations in order of call; the list itself if it is sorted. */
export function sortByCall(operations: readonly Operation[]): readonly Operation[] {
  let latest = 0
  for (const { call } of operations) {
    if (call < latest) return [...operations].sort((a, b) => a.call - b.call)
    latest = call
  }
  return operations
}
