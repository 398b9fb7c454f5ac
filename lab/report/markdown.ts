import { RESULTS_FILE } from '../results/comparison-file.ts'
import {
  type Cell,
  type Content,
  type Prose,
  proseText,
  type ReportModel,
  type Section,
  type Table,
} from './model.ts'
import { relinked } from './sources.ts'

/**
 * The report as Markdown. The plots are named, and drawn in the HTML beside it.
 *
 * @param results the result file as the page links to it
 */
export function renderMarkdown(
  { title, subtitle, verdict, sections }: ReportModel,
  results: string = RESULTS_FILE,
): string {
  const blocks = [
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(subtitle),
    '## Verdict',
    `**${escapeMarkdown(proseText(verdict.headline))}**`,
    ...(verdict.warning === null ? [] : [`> ${escapeMarkdown(verdict.warning)}`]),
    bullets(verdict.points.map(proseText)),
    'The plots are in report.html, in this folder.',
    ...sections.flatMap(sectionBlocks),
  ]
  return relinked(`${blocks.join('\n\n')}\n`, results)
}

/** A section as blocks with an empty line between them. */
export function sectionBlocks({ title, contents }: Section): string[] {
  return [`## ${escapeMarkdown(title)}`, ...contents.flatMap(contentBlocks)]
}

function contentBlocks(content: Content): string[] {
  switch (content.kind) {
    case 'heading':
      return [`### ${escapeMarkdown(content.text)}`]
    case 'plots':
      return [
        `Drawn in the page: ${content.plots.map(({ title }) => escapeMarkdown(title)).join('; ')}.`,
      ]
    case 'prose':
      return [proseMarkdown(content.prose)]
    case 'note':
      return [escapeMarkdown(content.text)]
    case 'list':
      return content.items.length === 0
        ? []
        : [content.items.map((item) => `- ${proseMarkdown(item)}`).join('\n')]
    case 'table':
      return tableBlocks(content.table)
    case 'terms':
      return [
        bullets(
          content.terms.map(
            ({ term, details }) => `${term}: ${details.join('; ').replaceAll(':; ', ': ')}`,
          ),
        ),
      ]
    case 'command':
      return [`    ${content.command}`]
    case 'details':
      return [
        `<details><summary>${content.summary}</summary>`,
        ...content.contents.flatMap(contentBlocks),
        '</details>',
      ]
  }
}

function tableBlocks(table: Table): string[] {
  const { columns, rows } = table
  const lines = [
    line(columns.map(({ text }) => escapeMarkdown(text))),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...rows.flatMap(({ group, cells }) => [
      ...(group === undefined
        ? []
        : [line(columns.map((_, index) => (index === 0 ? `**${escapeMarkdown(group)}**` : '')))]),
      line(cells.map(cellText)),
    ]),
  ]
  return [
    `### ${escapeMarkdown(table.caption)}`,
    lines.join('\n'),
    ...table.notes.map(escapeMarkdown),
  ]
}

function proseMarkdown(prose: Prose): string {
  return prose
    .map((part) => {
      if (typeof part === 'string') return escapeMarkdown(part)
      const words = escapeMarkdown(part.text)
      return part.kind === 'link' ? `[${words}](${part.href})` : words
    })
    .join('')
}

function cellText(cell: Cell): string {
  if (cell.kind === 'prose') return proseMarkdown(cell.prose)
  const words = escapeMarkdown(cell.text)
  return cell.kind === 'text' && cell.href !== undefined ? `[${words}](${cell.href})` : words
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')
}

/** Text that Markdown shows as it is: what could start markup is escaped, lines are joined. */
export function escapeMarkdown(value: string): string {
  return value
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_[\]<>|#~&]/g, (character) => `\\${character}`)
}
