import { aKind, type Operation } from '../history/operation.ts'
import { type CartView, isCurrent, mayBeDeleted, type RecordedChange } from './cart-view.ts'
import type { Violation } from './report.ts'
import { columnOf, violation } from './tally.ts'
import { replay } from './version-replay.ts'
import type { Versions } from './versions.ts'

/** The result of the version-order check of one cart. */
export interface VersionFindings {
  readonly violations: readonly Violation[]
  /** Changes and reads whose version was checked. */
  readonly support: number
  /** Why the cart could not be decided; `null` if it could. */
  readonly undecided: string | null
  /** The lines of the cart in the end; `undefined` if uncertain. */
  readonly lines: ReadonlyMap<string, number> | undefined
}

/**
 * Versions as a total order of the changes: versions are unique and gap-free, replaying the model in their order gives
 * what reads of each version showed, and no operation is ordered before one that ended before its call. O(n log n) if
 * every version is known; a bounded search fills gaps with changes of unknown version.
 *
 * This is a check of strict serializability with a given version order (the direct serialization graph of Adya, 1999). The
 * order is known, so there are no cycles to search for.
 *
 * @param linesOf the lines of a cart in the end, for merges
 */
export function checkVersions(
  view: CartView,
  linesOf: (cart: string) => ReadonlyMap<string, number> | undefined,
): VersionFindings {
  const found: Violation[] = []
  const versions = orderVersions(view, found)
  if (versions === undefined) {
    return { violations: found, support: 0, undecided: reasonOf(view), lines: undefined }
  }
  checkTime(view, versions, found)
  const replayed = found.length > 0 ? undefined : replay(view, versions, linesOf)
  if (replayed?.violation !== undefined) found.push(replayed.violation)
  let support = 0
  for (const step of versions.changes) if (step !== undefined) support++
  for (const reads of versions.reads) support += reads?.length ?? 0
  return {
    violations: found,
    support,
    undecided: found.length > 0 ? null : (replayed?.undecided ?? null),
    lines: replayed?.lines,
  }
}

function reasonOf({ begins }: CartView): string {
  if (!begins) return 'the creation of the cart is not in the history'
  return 'changes were acknowledged without a version'
}

/** How far versions may exceed the number of operations: the check builds a table of all versions. */
const MOST_GAPS = 10_000

function orderVersions(view: CartView, found: Violation[]): Versions | undefined {
  found.push(...view.answeredTwice.map((pair) => twice(view, pair)))
  const placed: RecordedChange[] = []
  const unplaced: RecordedChange[] = []
  for (const step of view.changes) (step.version === undefined ? unplaced : placed).push(step)
  if (!view.begins || !unplaced.every(isUncertain)) return undefined
  const first = firstVersion(view, placed)
  let last = first
  for (const { version } of placed) last = Math.max(last, version ?? 0)
  for (const { version } of view.reads) last = Math.max(last, version ?? 0)
  if (last - first > placed.length + unplaced.length + MOST_GAPS) {
    const seen = placed.find(({ version }) => version === last)?.operation
    found.push(skipped(view, seen ?? view.reads.find(({ version }) => version === last), last))
    return undefined
  }
  const length = last - first + 1
  const changes = placeChanges(view, placed, { first, length }, found)
  const reads = placeReads(view, { first, length }, found)
  return { first, last, changes, reads, endsFrom: endsFrom(changes, reads), unplaced }
}

/** The version of the creation; if its response was lost, the lowest version that a service can assign. */
function firstVersion({ reads }: CartView, placed: readonly RecordedChange[]): number {
  const created = placed.find(({ kind }) => kind === 'create')?.version
  if (created !== undefined) return created
  return [...placed, ...reads].some(({ version }) => version === 0) ? 0 : 1
}

function isUncertain({ kind, end }: RecordedChange): boolean {
  return end === Infinity || kind === 'merge_out' || kind === 'merge_in'
}

interface Range {
  readonly first: number
  readonly length: number
}

function placeChanges(
  view: CartView,
  placed: readonly RecordedChange[],
  { first, length }: Range,
  found: Violation[],
): (RecordedChange | undefined)[] {
  const changes = new Array<RecordedChange | undefined>(length)
  for (const step of placed) {
    const at = (step.version ?? 0) - first
    const other = changes[at]
    if (at < 0) found.push(unmade(view, step.operation))
    else if (other === undefined) changes[at] = step
    else found.push(reused(view, other, step))
  }
  return changes
}

function placeReads(
  view: CartView,
  { first, length }: Range,
  found: Violation[],
): (Operation[] | undefined)[] {
  const reads = new Array<Operation[] | undefined>(length)
  for (const read of view.reads) {
    if (read.version === undefined) continue
    const at = read.version - first
    const known = reads[at]
    if (at < 0) found.push(unmade(view, read))
    else if (known === undefined) reads[at] = [read]
    else known.push(read)
  }
  return reads
}

function endsFrom(
  changes: readonly (RecordedChange | undefined)[],
  reads: readonly (readonly Operation[] | undefined)[],
): Float64Array {
  const ends = new Float64Array(changes.length + 1).fill(Infinity)
  for (let at = changes.length - 1; at >= 0; at--) {
    let earliest = Math.min(ends[at + 1] ?? Infinity, changes[at]?.end ?? Infinity)
    for (const read of reads[at] ?? []) earliest = Math.min(earliest, read.return)
    ends[at] = earliest
  }
  return ends
}

/**
 * No operation may have a lower version than one that ended before its call. A change must also be called before a read of
 * its version ends. A read that may be stale may show an old version, but no later operation may be older than it.
 */
function checkTime(view: CartView, versions: Versions, found: Violation[]): void {
  const { changes, reads, endsFrom: ends } = versions
  for (let at = 0; at < changes.length; at++) {
    const later = ends[at + 1] ?? Infinity
    const change = changes[at]
    if (change !== undefined && (later < change.call || readBefore(reads[at], change.call))) {
      found.push(outOfOrder(view, versions, at, change.operation))
      return
    }
    if (later === Infinity) continue
    const stale = reads[at]?.find((read) => isCurrent(read) && later < read.call)
    if (stale !== undefined) {
      found.push(outOfOrder(view, versions, at + 1, stale))
      return
    }
  }
  checkNotFound(view, versions, found)
}

function readBefore(reads: readonly Operation[] | undefined, call: number): boolean {
  return reads?.some((read) => read.return < call) ?? false
}

/** A strong read that does not find the cart comes before the creation or after the deletion. */
function checkNotFound(view: CartView, versions: Versions, found: Violation[]): void {
  const exists = versions.endsFrom[0] ?? Infinity
  const lost = view.reads.find(
    (read) =>
      read.error === 'not_found' &&
      isCurrent(read) &&
      exists < read.call &&
      !mayBeDeleted(view, read),
  )
  if (lost !== undefined) found.push(outOfOrder(view, versions, 0, lost))
}

/** `late` was called after an operation of index `at` or later had ended, but is ordered before it. */
function outOfOrder(view: CartView, versions: Versions, at: number, late: Operation): Violation {
  const earlier = finishedFirst(versions, at, late)
  const versionOf = (operation: Operation | undefined): string =>
    operation?.version === undefined ? 'no cart' : `version ${operation.version}`
  const message =
    late.kind === 'get'
      ? `a ${late.read === 'strong' ? 'strong' : 'final'} read began after a response with ${versionOf(earlier)}, but found ${versionOf(late)}`
      : `${aKind(late.kind)} began after a response with ${versionOf(earlier)}, but created ${versionOf(late)}`
  return violation('version_order', columnOf(late), 'version_order', view.cart, message, [
    earlier,
    late,
  ])
}

function finishedFirst(versions: Versions, from: number, late: Operation): Operation | undefined {
  for (let at = from; at < versions.changes.length; at++) {
    const change = versions.changes[at]
    if (change !== undefined && change.end < late.call) return change.operation
    const read = versions.reads[at]?.find((seen) => seen.return < late.call && seen !== late)
    if (read !== undefined) return read
  }
  return undefined
}

function twice({ cart }: CartView, [a, b]: readonly [Operation, Operation]): Violation {
  const message = `two attempts under one idempotency key created versions ${a.version} and ${b.version}`
  return violation('version_order', 'changes', 'duplicated_change', cart, message, [a, b])
}

function reused({ cart }: CartView, a: RecordedChange, b: RecordedChange): Violation {
  const message = `two changes both created version ${a.version}`
  return violation('version_order', 'changes', 'version_reused', cart, message, [
    a.operation,
    b.operation,
  ])
}

function unmade({ cart }: CartView, read: Operation): Violation {
  const message = `a response has version ${read.version}, which is before the creation of the cart`
  return violation('version_order', columnOf(read), 'version_content', cart, message, [read])
}

function skipped({ cart }: CartView, seen: Operation | undefined, last: number): Violation {
  const message = `a response has version ${last}, but far fewer changes were requested`
  return violation('version_order', 'changes', 'version_skipped', cart, message, [seen])
}
