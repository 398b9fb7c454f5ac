import { evidenceText } from './limits-section.ts'
import { GUARANTEE_MEANS, MEANINGS } from './meanings.ts'
import { COLUMNS, type Explained, headline, matrixOf, operationLines, spaced } from './words.ts'

/** The report as Markdown, without drawings. */
export function consistencyMarkdown(explained: Explained): string {
  const { report } = explained
  return `${[
    `# Consistency of ${plain(report.service)}`,
    headline(explained),
    matrix(explained),
    ...violations(explained),
    ...staleness(explained),
    `## What this run can say\n\n${evidenceText(report.evidence)}`,
    ...limits(explained),
  ].join('\n\n')}\n`
}

function matrix({ report }: Explained): string {
  return rowsOf([
    ['guarantee', 'for a shopper', ...COLUMNS],
    ...matrixOf(report).map(({ guarantee, cells }) => [
      spaced(guarantee),
      GUARANTEE_MEANS[guarantee],
      ...cells.map(({ text }) => text),
    ]),
  ])
}

function violations({ report }: Explained): string[] {
  return report.findings
    .filter(({ verdict, promised }) => verdict === 'violated' && promised)
    .flatMap(({ violations: shown }) => shown)
    .map(({ anomaly, message, operations }) => {
      const { title, shopper, cause } = MEANINGS[anomaly]
      const steps = operationLines(operations).map((line, at) => `${at + 1}. ${plain(line)}`)
      return `## ${title}\n\n${plain(message)}\n\n${steps.join('\n')}\n\n- For a shopper: ${shopper}\n- Usual cause: ${cause}`
    })
}

function staleness({ report }: Explained): string[] {
  if (report.staleness.length === 0) return []
  const parts = report.staleness.map(({ read_mode, statement, curve, stale }) => {
    if (stale.count === 0) return `${read_mode}: ${statement}.`
    const rows = curve.map(({ from_ms, to_ms, fresh }) => [
      `${from_ms} to ${to_ms.toFixed(0)}`,
      String(fresh.total),
      percent(fresh.share),
      `${percent(fresh.low)} to ${percent(fresh.high)}`,
    ])
    return `${read_mode}: ${statement}.\n\n${rowsOf([['ms since the change', 'reads', 'P(fresh)', '95 %'], ...rows])}`
  })
  return ['## How fresh reads were', ...parts]
}

function limits({ report }: Explained): string[] {
  if (report.not_checked.length === 0) return []
  const rows = report.not_checked.map(({ guarantee, read_mode, reason }) => [
    spaced(guarantee),
    read_mode,
    reason,
  ])
  return [rowsOf([['not checked', 'reads', 'why'], ...rows])]
}

function rowsOf([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`
}

/** What a service was called must not become markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`)
}
