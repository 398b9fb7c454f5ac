import { textTable } from '../../terminal/text-table.ts'
import { MEANINGS } from './meanings.ts'
import { COLUMNS, type Explained, headline, matrixOf, operationLines, spaced } from './words.ts'

/** Lines for the terminal: the matrix, an example of each violation, freshness, gaps, and the headline. */
export function consistencyLines(explained: Explained): string[] {
  const { report } = explained
  const matrix = [
    ['guarantee', ...COLUMNS],
    ...matrixOf(report).map(({ guarantee, cells }) => [
      spaced(guarantee),
      ...cells.map(({ kind, text }) => (kind === 'unpromised' ? 'not promised' : text)),
    ]),
  ]
  const examples = report.findings
    .filter(({ verdict, promised }) => verdict === 'violated' && promised)
    .flatMap(({ violations }) => violations.slice(0, 1))
    .flatMap(({ anomaly, message, operations }) => {
      const { title, shopper, cause } = MEANINGS[anomaly]
      return [
        '',
        `${title}: ${message}`,
        ...operationLines(operations).map((line) => `  ${line}`),
        `  effect on shoppers: ${shopper}`,
        `  usual cause: ${cause}`,
      ]
    })
  const fresh = report.staleness.map(
    ({ read_mode, statement }) => `${read_mode} reads: ${statement}`,
  )
  return [
    ...textTable(matrix),
    ...examples,
    '',
    ...fresh,
    ...gaps(explained),
    '',
    headline(explained),
  ]
}

/** Guarantees that were not checked, by reason. */
function gaps({ report }: Explained): string[] {
  const byReason = Map.groupBy(report.not_checked, ({ reason }) => reason)
  return [...byReason].map(([reason, cells]) => {
    const names = [...new Set(cells.map(({ guarantee }) => spaced(guarantee)))]
    return `not checked: ${names.join(', ')} (${reason})`
  })
}
