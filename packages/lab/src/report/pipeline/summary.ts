import { bullets, escapeMarkdown } from '../../page/markdown.ts'
import type { PipelineCheck, PipelineReport } from './checks.ts'

/** Lines of checks that fit on one screen. */
const MAX_CHECKS = 12

const MARKS: Readonly<Record<PipelineCheck['outcome'], string>> = {
  passed: 'passed',
  failed: '**FAILED**',
  inconclusive: 'inconclusive',
}

/** One screen of Markdown: the verdict, a table, the checks that did not pass first, and what to look at. */
export function summaryMarkdown({ title, headline, table, checks, hints }: PipelineReport): string {
  const blocks = [
    `## ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(headline)}**`,
    ...(table.length === 0 ? [] : [markdownTable(table.map((row) => row.map(escapeMarkdown)))]),
    ...(checks.length === 0 ? [] : [checkTable(checks)]),
    ...(hints.length === 0 ? [] : [bullets(hints)]),
  ]
  return `${blocks.join('\n\n')}\n`
}

function checkTable(checks: readonly PipelineCheck[]): string {
  const rank = ({ outcome }: PipelineCheck) => ['failed', 'inconclusive', 'passed'].indexOf(outcome)
  const shown = checks.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_CHECKS)
  const rows = shown.map(({ group, name, outcome, detail }) => [
    escapeMarkdown(`${group}: ${name}`),
    MARKS[outcome],
    escapeMarkdown(detail),
  ])
  const hidden = checks.length - shown.length
  const rest = hidden > 0 ? [[`and ${hidden} more`, '', '']] : []
  return markdownTable([['check', 'outcome', 'detail'], ...rows, ...rest])
}

function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
