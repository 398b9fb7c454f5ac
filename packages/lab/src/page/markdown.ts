import type { Cell, Content, Prose, Section, Table } from './document.ts'
import { columnName } from './table.ts'

/** A section as Markdown blocks, to be separated by empty lines. */
export function sectionBlocks({ title, contents }: Section): string[] {
  return [`## ${escapeMarkdown(title)}`, ...contents.flatMap(contentBlocks)]
}

export function contentBlocks(content: Content): string[] {
  switch (content.kind) {
    case 'heading':
      return [`### ${escapeMarkdown(content.text)}`]
    case 'plots':
      return [
        `Plots in the HTML report: ${content.plots.map(({ title }) => escapeMarkdown(title)).join('; ')}.`,
      ]
    case 'prose':
      return [proseMarkdown(content.prose)]
    case 'note':
      return [escapeMarkdown(content.text)]
    case 'list':
      return content.items.length === 0
        ? []
        : [
            content.items
              .map(
                (item, place) =>
                  `${content.ordered ? `${place + 1}.` : '-'} ${proseMarkdown(item)}`,
              )
              .join('\n'),
          ]
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
        `<details><summary>${escapeMarkdown(content.summary)}</summary>`,
        ...content.contents.flatMap(contentBlocks),
        '</details>',
      ]
  }
}

function tableBlocks({ caption, columns, rows, notes = [] }: Table): string[] {
  const lines = [
    line(columns.map((column) => escapeMarkdown(columnName(column)))),
    line(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...rows.flatMap(({ group, cells }) => [
      ...(group === undefined
        ? []
        : [line(columns.map((_, index) => (index === 0 ? `**${escapeMarkdown(group)}**` : '')))]),
      line(cells.map(cellText)),
    ]),
  ]
  return [`### ${escapeMarkdown(caption)}`, lines.join('\n'), ...notes.map(escapeMarkdown)]
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
  if (cell.kind === 'figure') return words
  const linked = cell.href === undefined ? words : `[${words}](${cell.href})`
  return cell.detail === undefined ? linked : `${linked}: ${escapeMarkdown(cell.detail)}`
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Lines of plain text as a list. */
export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')
}

/** Text that Markdown renders literally: markup characters are escaped, lines are joined. */
export function escapeMarkdown(value: string): string {
  return value
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_[\]<>|#~&]/g, (character) => `\\${character}`)
}

/** A heading and paragraphs of Markdown in front of the sections. */
export function markdownPage(lead: readonly string[], sections: readonly Section[]): string {
  return `${[...lead, ...sections.flatMap(sectionBlocks)].join('\n\n')}\n`
}
