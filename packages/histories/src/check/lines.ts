import { type Operation, productName } from '../history/operation.ts'
import { checkAfterCheckout } from './after-checkout.ts'
import { type CartLines, seenIn } from './cart-lines.ts'
import { isCurrent, mayBeDeleted, mayBeEmptied, type RecordedChange } from './cart-view.ts'
import type { Bounds, LineBounds } from './line-bounds.ts'
import { checkBatches } from './partial-batches.ts'
import type { Anomaly, Violation } from './report.ts'
import { violation } from './tally.ts'

export interface LineFindings {
  readonly violations: readonly Violation[]
  /** Reads that were checked against the bounds of at least one line. */
  readonly reads: readonly Operation[]
  /** Changes that were checked against an earlier checkout. */
  readonly changes: number
}

/**
 * Lost, duplicated, resurrected and phantom units, line by line: a read must show at least the acknowledged adds and at most
 * all requested adds. Requires no versions. For reads that may be stale, only the upper bound counts, and only while
 * nothing lowers the line.
 */
export function checkLines(lines: CartLines): LineFindings {
  const violations: Violation[] = []
  const reads = new Set<Operation>()
  if (!lines.view.begins) return { violations, reads: [], changes: 0 }
  for (const read of lines.view.reads) {
    if (read.error !== undefined) checkFound(lines, read, violations, reads)
    else checkRead(lines, read, violations, reads)
  }
  const late = checkAfterCheckout(lines.view)
  violations.push(...checkBatches(lines), ...late.violations)
  return { violations: firstOfEach(violations), reads: [...reads], changes: late.support }
}

function checkRead(
  lines: CartLines,
  read: Operation,
  found: Violation[],
  reads: Set<Operation>,
): void {
  const emptied = mayBeEmptied(lines.view, read)
  if (emptied && (read.lines ?? []).length === 0) return
  for (const product of lines.products) {
    const line = lines.lineOf(product)
    const bounds = line.boundsOf(read)
    if (bounds === undefined || !(isCurrent(read) || bounds.growing)) continue
    reads.add(read)
    const seen = seenIn(read, product)
    if (seen > bounds.high) found.push(tooMuch(lines, line, product, read, bounds))
    else if (isCurrent(read) && seen < bounds.low && !emptied) {
      found.push(tooLittle(lines, line, product, read, bounds))
    }
  }
}

/** A cart that is not found although it was created and no deletion was requested. */
function checkFound(
  { view }: CartLines,
  read: Operation,
  found: Violation[],
  reads: Set<Operation>,
): void {
  const created = view.changes.find(({ kind }) => kind === 'create')
  if (!isCurrent(read) || created === undefined || created.end >= read.call) return
  reads.add(read)
  if (mayBeDeleted(view, read)) return
  const message = 'the cart was created and never deleted, but a read did not find it'
  found.push(make('lost_cart', view.cart, read, message, [created.operation]))
}

function tooLittle(
  lines: CartLines,
  line: LineBounds,
  product: string,
  read: Operation,
  { low, reset }: Bounds,
): Violation {
  const counted = line.counted(read, reset)
  const seen = seenIn(read, product)
  const { view } = lines
  const later = shownLater(lines, line, product, read, { missing: low - seen, reset })
  const anomaly = later === undefined ? whyLess(lines, read, counted, reset) : 'stale_read'
  const message = `at least ${low} units of ${productName(product)} were acknowledged before the read, which showed ${seen}`
  const shown = [reset, ...counted].map(({ operation }) => operation)
  return make(anomaly, view.cart, read, message, [...shown, later])
}

/**
 * A later read that shows the missing units: more than there can be without them. Adds that overlap it could stand in for
 * them, so they count as done. Adds without a response do not: after many of them, hardly a read would prove anything.
 */
function shownLater(
  { view }: CartLines,
  line: LineBounds,
  product: string,
  read: Operation,
  { missing, reset }: { readonly missing: number; readonly reset: RecordedChange },
): Operation | undefined {
  return view.reads.find((other) => {
    if (other.call < read.return || other.error !== undefined) return false
    const bounds = line.boundsOf(other)
    if (bounds?.reset !== reset || seenIn(other, product) < bounds.low - missing) return false
    const open = line.possible(other, reset).filter(({ end }) => end === Infinity)
    const uncertain = open.reduce((sum, add) => sum + line.amountOf(add).high, 0)
    return seenIn(other, product) > bounds.high - uncertain - missing
  })
}

function whyLess(
  { view }: CartLines,
  read: Operation,
  counted: readonly RecordedChange[],
  reset: RecordedChange,
): Anomaly {
  if (counted.some(({ kind }) => kind === 'merge_in')) return 'merge_lost_lines'
  if (counted.length === 0) return reset.kind === 'set' ? 'lost_write' : 'lost_add'
  const checkout = view.changes.find(({ kind, end }) => kind === 'checkout' && end < read.call)
  if (
    checkout !== undefined &&
    counted.some(({ call, end }) => call < checkout.end && end > checkout.call)
  ) {
    return 'checkout_lost_add'
  }
  return counted.some(({ change }) => showsOtherLine(change, read)) ? 'partial_batch' : 'lost_add'
}

/** Whether the change added several lines and the read shows at least as many units of one of them. */
function showsOtherLine(change: RecordedChange['change'], read: Operation): boolean {
  if (change?.kind !== 'add' || change.lines.length < 2) return false
  return change.lines.some(([product, quantity]) => seenIn(read, product) >= quantity)
}

function tooMuch(
  { view }: CartLines,
  line: LineBounds,
  product: string,
  read: Operation,
  { high, reset }: Bounds,
): Violation {
  const seen = seenIn(read, product)
  const possible = line.possible(read, reset)
  const failed = view.failed.filter(
    ({ kind, call, lines = [] }) =>
      (kind === 'add' || kind === 'set') &&
      call < read.return &&
      lines.some(([added]) => added === product),
  )
  const anomaly = whyMore(possible, failed, reset)
  const message = `there can be at most ${high} units of ${productName(product)}, but the read showed ${seen}`
  const shown = [reset, ...possible].map(({ operation }) => operation)
  return make(anomaly, view.cart, read, message, [
    ...shown,
    ...(anomaly === 'phantom_of_failure' ? failed : []),
  ])
}

function whyMore(
  possible: readonly RecordedChange[],
  failed: readonly Operation[],
  { kind }: RecordedChange,
): Anomaly {
  if (possible.some((step) => step.kind === 'merge_in')) return 'merge_applied_twice'
  if (failed.length > 0) return 'phantom_of_failure'
  if (kind === 'remove' || kind === 'empty' || kind === 'delete') return 'resurrected_line'
  return 'duplicated_add'
}

function make(
  anomaly: Anomaly,
  cart: string,
  read: Operation,
  message: string,
  shown: readonly (Operation | undefined)[],
): Violation {
  return violation('lines', read.read ?? 'strong', anomaly, cart, message, [...shown, read])
}

/** One violation of each kind and mode per cart: further ones mostly repeat it. */
function firstOfEach(violations: readonly Violation[]): Violation[] {
  const first = new Map<string, Violation>()
  for (const one of violations) {
    const name = `${one.anomaly} ${one.read_mode}`
    if (!first.has(name)) first.set(name, one)
  }
  return [...first.values()]
}
