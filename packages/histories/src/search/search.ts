import type { Lookahead, Model, Span } from './model.ts'
import { createList, type OperationList } from './operation-list.ts'

export interface SearchLimits {
  /** Maximum number of configurations; each takes about 100 bytes until the search ends. */
  readonly states: number
  /** Maximum time, milliseconds. */
  readonly ms: number
  /** Shared memory; the search ends once its first number is not 0. */
  readonly stop?: Int32Array | undefined
}

/** A million configurations take about 100 MB and some seconds. */
export const DEFAULT_LIMITS: SearchLimits = { states: 1_000_000, ms: 10_000 }

export interface SearchOutcome<Operation> {
  /** `true`: a legal order exists; `false`: none does; `undefined`: the search reached a limit. */
  readonly linearizable: boolean | undefined
  /** Configurations visited. */
  readonly states: number
  /** If no order exists: the operation that no attempt could place. */
  readonly stuck: Operation | undefined
}

/**
 * Whether the operations have a linearization: a legal order in which each takes effect within its span (Herlihy and
 * Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990).
 *
 * The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the cache of Lowe
 * ("Testing for Linearizability", 2017): a configuration, which is the set of placed operations and the state that they
 * led to, is visited once. Operations wait in a doubly linked list in order of call, so that placing one and undoing it
 * take constant time.
 *
 * Three rules prune the search and lose no order:
 * - a read is placed as soon as it is legal, because no later position is better;
 * - only operations that were called before the first end of a remaining operation can come next;
 * - no change is placed after which the lookahead of the model shows a dead end.
 *
 * @param operations in order of call
 */
export function search<State, Operation extends Span>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
  limits: SearchLimits,
): SearchOutcome<Operation> {
  const deadline = performance.now() + limits.ms
  const left = createLeft(operations, model)
  const { list } = left
  const seen = new Set<string>()
  const stack: Frame<State>[] = []
  let state = model.initial
  let furthest = 0
  let stuck: Operation | undefined
  for (;;) {
    const reads = placeReads(left, model, state)
    const certain = list.certainLeft()
    if (certain === 0) return { linearizable: true, states: seen.size, stuck: undefined }
    const key = `${list.key()} ${model.key(state)}`
    const isNew = !seen.has(key)
    if (isNew) seen.add(key)
    if (operations.length - certain >= furthest) {
      furthest = operations.length - certain
      stuck = operations[list.firstToEnd()]
    }
    const changes = isNew ? changesNext(left, state) : []
    stack.push({ reads, changes, next: 0, state, outcomes: [], outcome: 0, taken: -1 })
    const advanced = advance(left, model, stack)
    if (advanced === NONE) return { linearizable: false, states: seen.size, stuck }
    state = advanced
    if (seen.size >= limits.states || (seen.size % 256 === 0 && isOver(limits, deadline))) {
      return { linearizable: undefined, states: seen.size, stuck }
    }
  }
}

function isOver({ stop }: SearchLimits, deadline: number): boolean {
  return performance.now() > deadline || isStopped(stop)
}

export function isStopped(stop: Int32Array | undefined): boolean {
  return stop !== undefined && Atomics.load(stop, 0) !== 0
}

/** The operations that are not placed yet. */
interface Left<State, Operation> {
  readonly operations: readonly Operation[]
  readonly isRead: Uint8Array
  readonly list: OperationList
  readonly lookahead: Lookahead<State> | undefined
  take(at: number): void
  giveBack(at: number): void
}

function createLeft<State, Operation extends Span>(
  operations: readonly Operation[],
  model: Model<State, Operation>,
): Left<State, Operation> {
  const list = createList(operations)
  const lookahead = model.lookahead?.(operations)
  const isRead = Uint8Array.from(operations, (one) => Number(model.isRead?.(one) ?? false))
  return {
    operations,
    isRead,
    list,
    lookahead,
    take(at) {
      list.take(at)
      lookahead?.take(at)
    },
    giveBack(at) {
      list.giveBack(at)
      lookahead?.giveBack(at)
    },
  }
}

/** A configuration on the current path, with what remains to be tried from it. */
interface Frame<State> {
  /** The reads that were placed on arrival. */
  readonly reads: readonly number[]
  /** The changes that can come next. */
  readonly changes: readonly number[]
  /** The first change that was not tried. */
  next: number
  readonly state: State
  /** The states to which the change before `next` can lead, and the first of them that was not tried. */
  outcomes: readonly State[]
  outcome: number
  /** The change that is placed; -1 for none. */
  taken: number
}

const NONE = Symbol('no change leads on')

/** Places the next change that is no dead end, in the innermost frame that has one. */
function advance<State, Operation extends Span>(
  left: Left<State, Operation>,
  model: Model<State, Operation>,
  stack: Frame<State>[],
): State | typeof NONE {
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.taken >= 0) left.giveBack(frame.taken)
    frame.taken = -1
    for (;;) {
      const state = placeOutcome(left, frame)
      if (state !== NONE) return state
      const operation = left.operations[frame.changes[frame.next++] ?? -1]
      if (operation === undefined) break
      frame.outcomes = model.step(frame.state, operation)
      frame.outcome = 0
    }
    for (let at = frame.reads.length - 1; at >= 0; at--) left.giveBack(frame.reads[at] ?? 0)
    stack.pop()
  }
  return NONE
}

/** Places the change before `next` with the next of its outcomes that is no dead end. */
function placeOutcome<State>(
  left: Pick<Left<State, unknown>, 'lookahead' | 'take' | 'giveBack'>,
  frame: Frame<State>,
): State | typeof NONE {
  const at = frame.changes[frame.next - 1] ?? 0
  while (frame.outcome < frame.outcomes.length) {
    const state = frame.outcomes[frame.outcome++] as State
    left.take(at)
    if (left.lookahead?.isHopeless(at, state) !== true) {
      frame.taken = at
      return state
    }
    left.giveBack(at)
  }
  return NONE
}

/** Places every read that is legal now, until none is left. */
function placeReads<State, Operation extends Span>(
  left: Left<State, Operation>,
  model: Model<State, Operation>,
  state: State,
): number[] {
  const placed: number[] = []
  for (let again = true; again; ) {
    again = false
    for (const at of left.list.window()) {
      const operation = left.operations[at]
      if (operation === undefined || left.isRead[at] === 0) continue
      if (model.step(state, operation).length === 0) continue
      left.take(at)
      placed.push(at)
      // The window may have grown.
      again = true
    }
  }
  return placed
}

/** The changes that are worth trying next: the first to end first, those without a response last. */
function changesNext<State, Operation extends Span>(
  { list, isRead, operations, lookahead }: Left<State, Operation>,
  state: State,
): readonly number[] {
  const endOf = (at: number): number => operations[at]?.end ?? Infinity
  const changes = list.window().filter((at) => isRead[at] === 0)
  changes.sort((a, b) => endOf(a) - endOf(b))
  return lookahead?.choose?.(changes, state) ?? changes
}
