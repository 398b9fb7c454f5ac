import { type Operation, productName } from '../history/operation.ts'
import { type CartLines, seenIn } from './cart-lines.ts'
import { mayBeEmptied, type Step } from './cart-view.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

/** Maximum pairs of a batch and a read per cart. */
const MOST_PAIRS = 2_000_000

/**
 * Reads that showed one line of a batch and not another. A line is certainly shown if no other adds explain its units, and
 * certainly missing if the units leave no room for it beside the adds that are certainly there. Only lines that nothing
 * lowers can be checked.
 */
export function checkBatches(lines: CartLines): Violation[] {
  const { view } = lines
  const batches = view.changes.filter(
    ({ change }) => change?.kind === 'add' && change.lines.length > 1,
  )
  if (batches.length * view.reads.length > MOST_PAIRS) return []
  for (const read of view.reads) {
    if (read.error !== undefined || mayBeEmptied(view, read)) continue
    for (const batch of batches) {
      if (batch.call >= read.return) break
      const torn = tornBy(lines, batch, read)
      if (torn !== undefined) return [torn]
    }
  }
  return []
}

function tornBy(lines: CartLines, batch: Step, read: Operation): Violation | undefined {
  if (batch.change?.kind !== 'add') return undefined
  const parts = batch.change.lines.map(([product, quantity]) => ({
    product,
    shown: isShown(lines, batch, read, product, quantity),
  }))
  const seen = parts.find(({ shown }) => shown === true)
  const unseen = parts.find(({ shown }) => shown === false)
  if (seen === undefined || unseen === undefined) return undefined
  const message = `the read showed ${productName(seen.product)} of a batch, but not ${productName(unseen.product)} of the same batch`
  return violation('lines', read.read ?? 'strong', 'partial_batch', lines.view.cart, message, [
    batch.operation,
    read,
  ])
}

/** Whether the read certainly shows this line of the batch, or certainly does not; `undefined` if neither is certain. */
function isShown(
  lines: CartLines,
  batch: Step,
  read: Operation,
  product: string,
  quantity: number,
): boolean | undefined {
  const bounds = lines.lineOf(product).boundsOf(read)
  if (bounds === undefined || !bounds.growing) return undefined
  const there = seenIn(read, product)
  if (there > bounds.high - quantity) return true
  const counted = batch.end < read.call ? quantity : 0
  const others = read.read === 'strong' ? bounds.low - counted : 0
  return there < others + quantity ? false : undefined
}
