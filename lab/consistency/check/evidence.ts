import { type History, isRead, type Operation } from '../../history/operation.ts'
import { type CartIndex, sortByCall } from './cart-view.ts'
import type { Evidence } from './report.ts'

export interface EvidenceNeeded {
  /** Fewest overlapping pairs. */
  readonly overlaps: number
  /** Fewest answered operations. */
  readonly answered: number
}

/** What a run must have had for its silence to mean anything. */
export const EVIDENCE_NEEDED: EvidenceNeeded = { overlaps: 30, answered: 100 }

/**
 * Whether the history had enough contention, and whether every planned fault was at work. A run that had not would
 * pass on a broken service as well: it proves nothing.
 */
export function weighEvidence(
  { header, operations }: History,
  index: CartIndex,
  needed: EvidenceNeeded = EVIDENCE_NEEDED,
): Evidence {
  const faults: Record<string, number> = Object.fromEntries(header.faults.map((name) => [name, 0]))
  for (const operation of operations) {
    for (const name of operation.faults ?? []) faults[name] = (faults[name] ?? 0) + 1
  }
  const answered = operations.filter(({ status }) => status === 'ok').length
  let overlaps = 0
  for (const cart of index.values()) overlaps += countOverlaps(cart)
  const silent = header.faults.filter((name) => faults[name] === 0)
  const reasons = [
    ...(answered < needed.answered
      ? [`only ${answered} operations were answered; ${needed.answered} are needed`]
      : []),
    ...(overlaps < needed.overlaps
      ? [
          `only ${overlaps} pairs of operations overlapped on one cart; ${needed.overlaps} are needed`,
        ]
      : []),
    ...silent.map((name) => `the planned fault ${name} was never at work`),
  ]
  return { proves_nothing: reasons.length > 0, reasons, overlaps, answered, faults }
}

/** Overlapping pairs of different sessions, at least one of them a change: each counted at its later call. */
function countOverlaps(operations: readonly Operation[]): number {
  const open: Operation[] = []
  let pairs = 0
  for (const operation of sortByCall(operations)) {
    let kept = 0
    for (const other of open) {
      if (other.return <= operation.call) continue
      open[kept++] = other
      if (other.session !== operation.session && !(isRead(other) && isRead(operation))) pairs++
    }
    open.length = kept
    open.push(operation)
  }
  return pairs
}
