import type { HistoryHeader, Operation } from '../history/operation.ts'
import type { ProcessCounts, Survey } from './cart-index.ts'
import { sortByCall } from './cart-view.ts'
import type { Coverage } from './report.ts'

export interface CoverageNeeded {
  /** Minimum overlapping pairs. */
  readonly overlaps: number
  /** Minimum acknowledged operations. */
  readonly answered: number
  /** Maximum share of operations that failed outside injected faults, of those sent to instances that may not refuse. */
  readonly failed: number
}

/** What a run must contain before the absence of violations means anything. */
export const COVERAGE_NEEDED: CoverageNeeded = { overlaps: 30, answered: 100, failed: 0.2 }

/**
 * Whether the history has enough contention, whether every planned fault was active, and whether every cart was read in the
 * end. Otherwise a broken service would pass as well, and the run proves nothing.
 *
 * @param overlaps the sum of `countOverlaps` over all carts
 */
export function measureCoverage(
  header: HistoryHeader,
  surveyed: Pick<Survey, 'answered' | 'faults' | 'unread' | 'byProcess'> & {
    readonly unchecked: number
  },
  overlaps: number,
  needed: CoverageNeeded = COVERAGE_NEEDED,
): Coverage {
  const { answered, faults: active, unread, unchecked } = surveyed
  const { operations, failed } = countsOf(header, surveyed)
  const planned = header.faults.map((name) => [name, 0] as const)
  const faults: Record<string, number> = Object.fromEntries([...planned, ...active])
  const silent = header.faults.filter((name) => faults[name] === 0)
  const reasons = [
    ...(answered < needed.answered
      ? [`only ${answered} operations were acknowledged; ${needed.answered} are needed`]
      : []),
    ...(overlaps < needed.overlaps
      ? [
          `only ${overlaps} pairs of operations overlapped on one cart; ${needed.overlaps} are needed`,
        ]
      : []),
    ...(failed > needed.failed * operations
      ? [
          `${failed} of ${operations} operations failed (${Math.round((100 * failed) / operations)} %); at most ${100 * needed.failed} % may`,
        ]
      : []),
    ...(unchecked > 0 ? [`interrupted: ${unchecked} carts were not checked`] : []),
    ...(unread > 0
      ? [`${unread} carts could not be read in the end, so losses in them cannot show`]
      : []),
    ...silent.map((name) => `the planned fault ${name} was never active`),
  ]
  return { proves_nothing: reasons.length > 0, reasons, overlaps, answered, failed, faults }
}

/** The operations of all instances that may not refuse. */
function countsOf(
  { may_refuse: refusing = [] }: HistoryHeader,
  { byProcess }: Pick<Survey, 'byProcess'>,
): ProcessCounts {
  let [operations, failed] = [0, 0]
  for (const [process, counts] of byProcess) {
    if (refusing.includes(process)) continue
    operations += counts.operations
    failed += counts.failed
  }
  return { operations, failed }
}

/**
 * Overlapping pairs of operations of different sessions, at least one of them a change. Lists do not count, because they
 * show too little of each cart.
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
