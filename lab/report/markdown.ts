import { type Cell, proseText, type ReportModel, type Table } from './model.ts'

/** The report as Markdown. The plots are in the HTML beside it; their percentiles are a table here. */
export function renderMarkdown(model: ReportModel): string {
  const { verdict } = model
  const blocks = [
    `# ${escapeMarkdown(model.title)}`,
    escapeMarkdown(model.subtitle),
    '## Verdict',
    `**${escapeMarkdown(proseText(verdict.headline))}**`,
    ...(verdict.warning === null ? [] : [`> ${escapeMarkdown(verdict.warning)}`]),
    bullets(verdict.points.map(proseText)),
    ...model.comparisons.flatMap(({ title, overall, operations }) => [
      `## ${escapeMarkdown(title)}`,
      ...tableBlocks(overall),
      ...tableBlocks(operations),
    ]),
    '## Response times',
    'The plots are in report.html, in this folder.',
    ...tableBlocks(model.distributions.percentiles),
    '## Consistency',
    ...tableBlocks(model.consistency),
    '## What was run',
    bullets(model.circumstances.map(({ term, details }) => `${term}: ${details.join('; ')}`)),
    ...model.method.map(escapeMarkdown),
    '## Run it again',
    `    ${model.repeat.command}`,
    ...model.repeat.notes.map(escapeMarkdown),
  ]
  return `${blocks.join('\n\n')}\n`
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

function cellText(cell: Cell): string {
  return escapeMarkdown(cell.text)
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')
}

/** Text that Markdown shows as it is: what could start markup is escaped, lines are joined. */
function escapeMarkdown(value: string): string {
  return value
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_[\]<>|#~&]/g, (character) => `\\${character}`)
}
