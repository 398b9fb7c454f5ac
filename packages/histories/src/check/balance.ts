import { type CartLines, seenIn } from './cart-lines.ts'
import { isCurrent, mayBeDeleted, mayBeEmptied, type RecordedChange } from './cart-view.ts'
import type { LineBounds } from './line-bounds.ts'

/** Units at the end: those that were acknowledged, against those that the last read of each cart showed. */
export interface Balance {
  /** Acknowledged changes, without creations. */
  readonly changes: number
  /** Carts whose final contents are known. */
  readonly carts: number
  /** Carts with missing or doubled units. */
  readonly carts_touched: number
  /** Units that the last reads had to show. */
  readonly acknowledged: number
  /** Acknowledged units that the last reads did not show. */
  readonly missing: number
  /** Units that the last reads showed beyond all that was requested. */
  readonly doubled: number
  /** How many acknowledged changes at least are missing: the fewest whose units add up to the missing ones. */
  readonly lost_changes: number
  /** Lines with missing units. */
  readonly lost_lines: number
  /** Those of which no add overlapped another change of the cart: concurrency did not lose them. */
  readonly lost_alone: number
}

export const EMPTY_BALANCE: Balance = {
  changes: 0,
  carts: 0,
  carts_touched: 0,
  acknowledged: 0,
  missing: 0,
  doubled: 0,
  lost_changes: 0,
  lost_lines: 0,
  lost_alone: 0,
}

export function addBalances(a: Balance, b: Balance): Balance {
  return {
    changes: a.changes + b.changes,
    carts: a.carts + b.carts,
    carts_touched: a.carts_touched + b.carts_touched,
    acknowledged: a.acknowledged + b.acknowledged,
    missing: a.missing + b.missing,
    doubled: a.doubled + b.doubled,
    lost_changes: a.lost_changes + b.lost_changes,
    lost_lines: a.lost_lines + b.lost_lines,
    lost_alone: a.lost_alone + b.lost_alone,
  }
}

/**
 * The balance of one cart by its last current read. Lines whose last set, remove or empty overlapped another one are left
 * out: their contents at the end are not known.
 */
export function balanceOf(lines: CartLines): Balance {
  const { view } = lines
  const changes = view.changes.filter(
    ({ kind, end }) => kind !== 'create' && kind !== 'merge_out' && end !== Infinity,
  ).length
  const none = { ...EMPTY_BALANCE, changes }
  const read = view.gets.findLast(({ read }) => read === 'strong') ?? view.gets.findLast(isCurrent)
  if (read === undefined || !view.begins || mayBeEmptied(lines.view, read)) return none
  if (read.error !== undefined && mayBeDeleted(view, read)) return none
  let [acknowledged, missing, doubled, lostLines, lostAlone, single, batched] = [
    0, 0, 0, 0, 0, 0, 0,
  ]
  for (const product of lines.products) {
    const line = lines.lineOf(product)
    const bounds = line.boundsOf(read)
    if (bounds === undefined) continue
    const seen = seenIn(read, product)
    const lack = Math.max(0, bounds.low - seen)
    acknowledged += bounds.low
    missing += lack
    doubled += Math.max(0, seen - bounds.high)
    if (lack === 0) continue
    lostLines++
    const counted = line.counted(read, bounds.reset)
    const fewest = fewestAdds(counted, line, lack)
    // One change of several lines can be missing from several of them.
    if (counted.every(isOfOneLine)) single += fewest
    else batched = Math.max(batched, fewest)
    if (![...counted, bounds.reset].some((one) => overlapsAnother(one, view.changes))) lostAlone++
  }
  return {
    changes,
    carts: 1,
    carts_touched: missing + doubled > 0 ? 1 : 0,
    acknowledged,
    missing,
    doubled,
    lost_changes: single + batched,
    lost_lines: lostLines,
    lost_alone: lostAlone,
  }
}

function fewestAdds(counted: readonly RecordedChange[], line: LineBounds, lack: number): number {
  const amounts = counted.map((add) => line.amountOf(add).low).sort((a, b) => b - a)
  let left = lack
  const enough = amounts.findIndex((amount) => {
    left -= amount
    return left <= 0
  })
  // What no add explains is missing from the change that set the line.
  return enough < 0 ? amounts.length + 1 : enough + 1
}

function isOfOneLine({ change }: RecordedChange): boolean {
  return change?.kind === 'add' && change.lines.length === 1
}

/** Whether another change of the cart was under way at some time during the change. */
function overlapsAnother(
  { operation, call, end }: RecordedChange,
  changes: readonly RecordedChange[],
): boolean {
  return changes.some(
    (other) => other.operation !== operation && other.call <= end && other.end >= call,
  )
}
