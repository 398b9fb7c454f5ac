import { pushTo } from '../group-by.ts'
import type { Line, ListedCart, Operation, ReadMode } from '../history/operation.ts'
import { isFailure } from './is-failure.ts'

/** The operations on each cart. A merge that was not refused is under both of its carts; lists are not included. */
export type CartIndex = ReadonlyMap<string, Operation[]>

/** What lists showed of each cart, as eventual reads of the cart. */
export type ListedIndex = ReadonlyMap<string, readonly Operation[]>

/** The result of one pass over a history. With a million operations, every further pass is bound by memory. */
export interface Survey {
  readonly carts: CartIndex
  /** Merges that happened or may have happened. */
  readonly merges: readonly Operation[]
  /** Acknowledged creates. */
  readonly creates: readonly Operation[]
  /** Lists with a response. */
  readonly lists: readonly Operation[]
  readonly sessions: number
  readonly answered: number
  /** By the instance that received them: operations in all, and those that failed outside injected faults. */
  readonly byProcess: ReadonlyMap<string, ProcessCounts>
  /** The modes of all gets and lists. */
  readonly modes: ReadonlySet<ReadMode>
  /** For every fault, the number of operations during which it was active. */
  readonly faults: ReadonlyMap<string, number>
  /** Carts whose final reads all lack a response. */
  readonly unread: number
}

export interface ProcessCounts {
  readonly operations: number
  readonly failed: number
}

export function survey(operations: readonly Operation[]): Survey {
  const carts = new Map<string, Operation[]>()
  const merges: Operation[] = []
  const creates: Operation[] = []
  const lists: Operation[] = []
  const finals: Operation[] = []
  const sessions = new Set<string>()
  const modes = new Set<ReadMode>()
  const faults = new Map<string, number>()
  const byProcess = new Map<string, { operations: number; failed: number }>()
  let answered = 0
  for (const operation of operations) {
    const { kind, status, session, read } = operation
    sessions.add(session)
    if (read !== undefined) modes.add(read)
    if (operation.faults !== undefined) countFaults(faults, operation.faults)
    if (operation.final === true) finals.push(operation)
    if (kind !== 'list') indexOne(operation, carts, merges)
    countProcess(byProcess, operation)
    if (status !== 'ok') continue
    answered++
    if (kind === 'list') lists.push(operation)
    else if (kind === 'create') creates.push(operation)
  }
  const unread = countUnread(finals)
  return {
    ...{ carts, merges, creates, lists, modes, faults, unread, byProcess },
    ...{ sessions: sessions.size, answered },
  }
}

function countProcess(
  counts: Map<string, { operations: number; failed: number }>,
  operation: Operation,
): void {
  const failed = Number(isFailure(operation))
  const own = counts.get(operation.process)
  if (own === undefined) {
    counts.set(operation.process, { operations: 1, failed })
    return
  }
  own.operations += 1
  own.failed += failed
}

function countUnread(finals: readonly Operation[]): number {
  const gets = finals.filter(({ kind }) => kind === 'get')
  const read = new Set(gets.filter(({ status }) => status !== 'info').map(({ cart }) => cart))
  return new Set(gets.filter(({ cart }) => !read.has(cart)).map(({ cart }) => cart)).size
}

function indexOne(
  operation: Operation,
  carts: Map<string, Operation[]>,
  merges: Operation[],
): void {
  const { kind, status, cart, from } = operation
  if (cart === '' || (kind === 'create' && status === 'fail')) return
  pushTo(carts, cart, operation)
  if (kind !== 'merge' || from === undefined || status === 'fail') return
  pushTo(carts, from, operation)
  merges.push(operation)
}

function countFaults(faults: Map<string, number>, atWork: readonly string[]): void {
  for (const name of atWork) faults.set(name, (faults.get(name) ?? 0) + 1)
}

/**
 * What lists showed of the carts of the index. Other carts were created by somebody else, or by a create without a
 * response. Most lists repeat the previous one, and a later sight of the same state adds no bound. So only the first of
 * equal sights is kept, and every final one.
 */
export function indexListed({ lists, carts }: Pick<Survey, 'lists' | 'carts'>): ListedIndex {
  const latest = new Map<string, Sight>()
  const index = new Map<string, Operation[]>()
  for (const list of lists) {
    for (const listed of list.carts ?? []) {
      if (listed.lines === undefined) continue
      const known = latest.get(listed.cart)
      if (known !== undefined && list.final !== true && addsNothing(known, listed, list)) continue
      if (known === undefined && !carts.has(listed.cart)) continue
      latest.set(listed.cart, { listed, return: list.return })
      pushTo(index, listed.cart, listedRead(list, listed))
    }
  }
  return index
}

interface Sight {
  readonly listed: ListedCart
  readonly return: number
}

function addsNothing(known: Sight, listed: ListedCart, list: Operation): boolean {
  const { lines, version, cart_status: status } = listed
  return (
    known.listed.version === version &&
    known.listed.cart_status === status &&
    known.return <= list.return &&
    sameListing(known.listed.lines ?? [], lines ?? [])
  )
}

function sameListing(a: readonly Line[], b: readonly Line[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((line, at) => line === b[at] || (line[0] === b[at]?.[0] && line[1] === b[at][1]))
}

function listedRead(list: Operation, listed: ListedCart): Operation {
  return { ...list, ...listed, kind: 'get', carts: undefined, read: 'eventual' }
}
