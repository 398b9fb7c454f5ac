import { textTable } from '../../terminal/text-table.ts'
import { diagnosisLines, openingOf } from './diagnosis.ts'
import { COLUMNS, type Explained, freshnessText, headline, matrixOf, spaced } from './words.ts'

/** Lines for the terminal: what was lost, the diagnoses, the matrix, freshness, gaps, and the headline. */
export function consistencyLines(explained: Explained): string[] {
  const { report, header } = explained
  const matrix = [
    ['guarantee', ...COLUMNS],
    ...matrixOf(report).map(({ guarantee, cells }) => [
      spaced(guarantee),
      ...cells.map(({ kind, text }) => (kind === 'unpromised' ? 'not promised' : text)),
    ]),
  ]
  const opening = openingOf(report)
  const diagnoses = diagnosisLines(explained)
  const lead = [...(opening === undefined ? [] : [opening]), ...diagnoses]
  if (lead.length > 0) lead.push('')
  const fresh = report.staleness.map(
    (one) => `${one.read_mode} reads: ${freshnessText(one, header)}`,
  )
  return [...lead, ...textTable(matrix), '', ...fresh, ...gaps(explained), '', headline(explained)]
}

/** Guarantees that were not checked, by reason. */
function gaps({ report }: Explained): string[] {
  const byReason = Map.groupBy(report.not_checked, ({ reason }) => reason)
  return [...byReason].map(([reason, cells]) => {
    const names = [...new Set(cells.map(({ guarantee }) => spaced(guarantee)))]
    return `not checked: ${names.join(', ')} (${reason})`
  })
}
