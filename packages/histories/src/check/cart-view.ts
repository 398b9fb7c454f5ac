import { type Operation, REFUSALS, type Refusal, type Strategy } from '../history/operation.ts'
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
  /** Of a merge_in, by which of these its lines were joined: one of the attempts made it, and only it knows which. */
  readonly strategies: readonly Strategy[]
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
  /** Answered gets, and gets that found nothing. */
  readonly gets: readonly Operation[]
  /** These and what lists showed of the cart. */
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

/**
 * @param operations of the cart, as `survey` has them
 * @param listed     what lists showed of it, as `indexListed` has it
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

/** What makes attempts one change, if anything does. */
type Name = (operation: Operation) => string | undefined

interface Attempts {
  readonly nameOf: Name
  /** The attempts at each change that was tried more than once. */
  readonly repeated: ReadonlyMap<string, readonly Operation[]>
}

function attemptsOf(operations: readonly Operation[], keys: boolean): Attempts {
  const byMerge: Name = ({ kind, from }) => (kind === 'merge' ? `merge ${from}` : undefined)
  if (!keys) return { nameOf: byMerge, repeated: repeatedBy(byMerge, operations) ?? new Map() }
  // The key alone is what millions of changes are told apart by; made anew, a text of kind and key takes twice as long.
  const byKey: Name = (one) => byMerge(one) ?? (one.kind === 'get' ? undefined : one.key)
  const repeated = repeatedBy(byKey, operations)
  if (repeated !== undefined) return { nameOf: byKey, repeated }
  const byKind: Name = (one) =>
    byMerge(one) ??
    (one.kind === 'get' || one.key === undefined ? undefined : `${one.kind} ${one.key}`)
  return { nameOf: byKind, repeated: repeatedBy(byKind, operations) ?? new Map() }
}

/** `undefined` where the name stands for changes of two kinds. */
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

/** Whether a delete can have come before the read ended: then it may find nothing. */
export function mayBeDeleted({ changes }: CartView, read: Pick<Operation, 'return'>): boolean {
  return changes.some(({ kind, call }) => kind === 'delete' && call <= read.return)
}

/**
 * Whether the read can be of a cart whose lines a merge has taken: then what it does not show says nothing. Not every
 * service shows the status that would tell.
 */
export function mayBeEmptied({ changes }: CartView, read: Operation): boolean {
  const { cart_status: status, lines = [] } = read
  if (status !== undefined) return status === 'merged'
  return (
    lines.length === 0 &&
    changes.some(({ kind, call }) => kind === 'merge_out' && call <= read.return)
  )
}

/** The products that a change touches by name; `undefined` for all of the cart's. */
export function productsTouched(change: Change | undefined): readonly string[] | undefined {
  if (change?.kind === 'add' || change?.kind === 'set')
    return change.lines.map(([product]) => product)
  return change?.kind === 'remove' ? [change.product] : undefined
}

interface Changes {
  readonly changes: Step[]
  readonly failed: Operation[]
  readonly answeredTwice: [Operation, Operation][]
}

/** Puts attempts that are one change where the first of them stands. */
function joinAttempts(
  cart: string,
  operation: Operation,
  attempts: readonly Operation[],
  into: Changes,
): void {
  const answered = firstAnswered(attempts)
  const open = answered ?? attempts.find(({ status }) => status === 'info')
  if (open === undefined) into.failed.push(operation)
  if (open === undefined || operation !== attempts[0]) return
  const step = stepOf(cart, open)
  // A merge that is repeated is answered with the version of now.
  const version = open.kind === 'merge' ? undefined : step.version
  // Whoever asked after the first answer found the merge made.
  const inTime = attempts.filter(({ call }) => call <= (answered?.return ?? Infinity))
  const strategies = step.kind === 'merge_in' ? strategiesOf(inTime) : []
  into.changes.push({ ...step, strategies, version, call: operation.call })
  if (answered === undefined || answered.kind === 'merge') return
  for (const other of attempts) {
    const differs = other.version !== answered.version
    const told = other.version !== undefined && answered.version !== undefined
    if (other.status === 'ok' && told && differs) into.answeredTwice.push([answered, other])
  }
}

function strategiesOf(attempts: readonly Operation[]): Strategy[] {
  const made = attempts.filter(({ status }) => status !== 'fail')
  return [...new Set(made.map(({ strategy = 'sum' }) => strategy))]
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
  const { call, status } = operation
  const end = status === 'ok' ? operation.return : Number.POSITIVE_INFINITY
  // A version in half an answer says nothing.
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

/** The operations in order of call; the list itself where it is. */
export function sortByCall(operations: readonly Operation[]): readonly Operation[] {
  let latest = 0
  for (const { call } of operations) {
    if (call < latest) return [...operations].sort((a, b) => a.call - b.call)
    latest = call
  }
  return operations
}
