import type { ImportedResult } from '../results/imported-result.ts'
import { figure, textTable } from '../terminal/text-table.ts'

const COLUMNS = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const

/** The figures of an imported result as lines, and what it cannot say. */
export function importedTable(result: ImportedResult): string[] {
  const { source, operations, overall, duration_s, rate, dropped, missing } = result
  const rows = [...operations, { operation: 'overall', ...overall }].map((of) => [
    of.operation,
    String(of.count),
    of.failed === null ? '-' : String(of.failed),
    ...COLUMNS.map((column) => figure(of.time[column])),
  ])
  const over = duration_s === null ? '' : `, over ${duration_s.toFixed(1)} s`
  return [
    ...textTable([
      ['operation', 'count', 'failed', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'mean'],
      ...rows,
    ]),
    `times in milliseconds, of ${source.kind} in ${source.unit}`,
    ...(rate === null ? [] : [`${rate.toFixed(1)}/s${over}`]),
    ...(dropped === null || dropped === 0 ? [] : [`${dropped} iterations were not started`]),
    ...missing.map(({ what, why }) => `not known: ${what} (${why})`),
  ]
}
