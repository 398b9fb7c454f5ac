import { checkHistory, type Finding, type Violation } from '@pushcart/histories'
import { MEANINGS } from '../../report/guarantees/meanings.ts'
import { timelineSvg } from '../../report/guarantees/timeline.ts'
import { operationLines, sentence } from '../../report/guarantees/words.ts'
import type { CheckTotals, FindingEvent } from '../protocol.ts'
import type { CartToCheck, CheckedCart } from './messages.ts'

/** Limits of the search for one cart: the next one waits. */
const RUN_MS = 500
const SHRINK_MS = 200

/** Checks the history of one cart for all guarantees. */
export function checkCart({ side, header, operations }: CartToCheck, number: number): CheckedCart {
  const report = checkHistory(
    { header, operations },
    { runMs: RUN_MS, shrinkMs: SHRINK_MS, examples: 1 },
  )
  const broken = report.findings.filter((one) => one.promised && one.verdict === 'violated')
  const eventual = report.staleness.find((one) => one.read_mode === 'eventual')
  return {
    side,
    totals: {
      carts: 1,
      operations: operations.length,
      acknowledged: report.balance.changes,
      lost: report.balance.lost_changes,
      doubled: report.balance.doubled,
      violations: broken.reduce((sum, { violation_count }) => sum + violation_count, 0),
      stale_reads: eventual?.stale.count ?? 0,
      eventual_reads: eventual?.reads ?? 0,
      stale_max_ms: eventual?.age_ms?.max ?? null,
      skipped: 0,
      undecided: report.findings.some(({ undecided }) => undecided > 0) ? 1 : 0,
    },
    findings: foremost(broken).map((violation) => eventOf(violation, `v${side}${number}`)),
  }
}

/** One violation says enough of one cart: that of the first guarantee in the order of the matrix. */
function foremost(broken: readonly Finding[]): Violation[] {
  return broken.flatMap(({ violations }) => violations.slice(0, 1)).slice(0, 1)
}

function eventOf(
  { anomaly, message, operations }: Violation,
  id: string,
): Omit<FindingEvent, 'at' | 'side'> {
  const { title, shopper } = MEANINGS[anomaly]
  return {
    title,
    message: `${sentence(message)}.`,
    effect: shopper,
    promised: true,
    lines: operationLines(operations),
    svg: timelineSvg(id, title, operations, []),
  }
}

export const NOTHING_CHECKED: CheckTotals = {
  carts: 0,
  operations: 0,
  acknowledged: 0,
  lost: 0,
  doubled: 0,
  violations: 0,
  stale_reads: 0,
  eventual_reads: 0,
  stale_max_ms: null,
  skipped: 0,
  undecided: 0,
}

export function addTotals(a: CheckTotals, b: CheckTotals): CheckTotals {
  const sums = Object.keys(NOTHING_CHECKED).map((name) => {
    const field = name as keyof CheckTotals
    return [field, (a[field] ?? 0) + (b[field] ?? 0)] as const
  })
  const ages = [a.stale_max_ms, b.stale_max_ms].filter((age) => age !== null)
  return {
    ...(Object.fromEntries(sums) as unknown as CheckTotals),
    stale_max_ms: ages.length === 0 ? null : Math.max(...ages),
  }
}
