import type { HistoryHeader, Operation } from '../history/operation.ts'
import type { Survey } from './cart-index.ts'
import { sortByCall } from './cart-view.ts'
import type { Coverage } from './report.ts'

export interface CoverageNeeded {
  /** Fewest overlapping pairs. */
  readonly overlaps: number
  /** Fewest answered operations. */
  readonly answered: number
}

/** What a run must have had for its silence to mean anything. */
export const COVERAGE_NEEDED: CoverageNeeded = { overlaps: 30, answered: 100 }

/**
 * Whether the history had enough contention, whether every planned fault was at work, and whether it was seen what
 * everything came to. A run that had not would pass on a broken service as well: it proves nothing.
 *
 * @param overlaps of all carts, as `countOverlaps` has them
 */
export function measureCoverage(
  header: HistoryHeader,
  { answered, faults: atWork, unread }: Pick<Survey, 'answered' | 'faults' | 'unread'>,
  overlaps: number,
  needed: CoverageNeeded = COVERAGE_NEEDED,
): Coverage {
  const planned = header.faults.map((name) => [name, 0] as const)
  const faults: Record<string, number> = Object.fromEntries([...planned, ...atWork])
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
    ...(unread > 0
      ? [`${unread} carts could not be read in the end, so that what was lost of them cannot show`]
      : []),
    ...silent.map((name) => `the planned fault ${name} was never at work`),
  ]
  return { proves_nothing: reasons.length > 0, reasons, overlaps, answered, faults }
}

/**
 * Overlapping pairs of different sessions, at least one of them a change: each counted at its later call. Lists have no
 * part in it: they say too little of each cart they show.
 */
export function countOverlaps(operations: readonly Operation[]): number {
  let open: Operation[] = []
  let pairs = 0
  for (const operation of sortByCall(operations)) {
    const { call, session, kind } = operation
    let kept = 0
    for (let at = 0; at < open.length; at++) {
      const other = open[at]
      if (other === undefined || other.return <= call) continue
      open[kept++] = other
      if (other.session !== session && (kind !== 'get' || other.kind !== 'get')) pairs++
    }
    if (kept < open.length) open = open.slice(0, kept)
    open.push(operation)
  }
  return pairs
}
