import type { Column, Row, Series, Table } from './document.ts'
import { escapeHtml } from './escape.ts'
import { cellHtml, sideName, wordsHtml } from './prose.ts'

/**
 * HTML of a table. On a phone each row becomes a block, and every cell shows the name of its column (`data-column`),
 * so that no table has to be scrolled sideways.
 */
export function tableHtml(table: Table, series: readonly Series[]): string {
  const { id, caption, columns, rows, notes = [] } = table
  return `<div class="table-box">
<table id="${escapeHtml(id)}">
<caption>${escapeHtml(caption)}${emulatedHtml(columns, series)}</caption>
<thead>${headHtml(columns, series)}</thead>
${groupsOf(rows)
  .map((group) => `<tbody>\n${group.map((row) => rowHtml(row, columns)).join('\n')}\n</tbody>`)
  .join('\n')}
</table>
</div>
${notesHtml(notes)}`
}

/** Small print below a table or plot. */
export function notesHtml(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${wordsHtml(note)}</p>`).join('\n')
}

/** The column's name with that of its group. */
export function columnName({ text, group }: Column): string {
  return group === undefined ? text : `${group}, ${text}`
}

function headHtml(columns: readonly Column[], series: readonly Series[]): string {
  const grouped = columns.some(({ group }) => group !== undefined)
  const heads = (of: readonly Column[], span = '') =>
    of.map((column) => columnHtml(column, series, span)).join('')
  if (!grouped) return `<tr>${heads(columns)}</tr>`
  const loose = columns.filter(({ group }) => group === undefined)
  const groups = [...Map.groupBy(columns, ({ group }) => group)].flatMap(([group, own]) =>
    group === undefined
      ? []
      : [`<th scope="colgroup" colspan="${own.length}" class="begins">${escapeHtml(group)}</th>`],
  )
  const rest = columns.filter(({ group }) => group !== undefined)
  return `<tr>${heads(loose, ' rowspan="2"')}${groups.join('')}</tr><tr>${heads(rest)}</tr>`
}

function columnHtml(column: Column, series: readonly Series[], span: string): string {
  const { text, side } = column
  const content = side === undefined ? escapeHtml(text) : sideName(text, side)
  const tag = isEmulated(side, series) ? '<span class="tag">emulator</span>' : ''
  return `<th scope="col"${span}${kindOf(column)}>${content}${tag}</th>`
}

function kindOf({ numeric }: Pick<Column, 'numeric'>): string {
  return numeric ? ' class="numeric"' : ''
}

function rowHtml(
  { group, id, cells: [heading, ...cells] }: Row,
  columns: readonly Column[],
): string {
  const groupRow =
    group === undefined
      ? ''
      : `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(group)}</th></tr>\n`
  const data = cells.map((cell, index) => {
    const column = columns[index + 1] ?? { text: '' }
    const content = cell.text === '' ? '' : `<span>${cellHtml(cell)}</span>`
    return `<td${kindOf(column)} data-column="${escapeHtml(columnName(column))}">${content}</td>`
  })
  const anchor = id === undefined ? '' : ` id="${escapeHtml(id)}"`
  // A bare number needs the name of its column to serve as a row heading.
  const column =
    heading?.kind === 'figure' ? ` data-column="${escapeHtml(columns[0]?.text ?? '')}"` : ''
  const head = `<th scope="row"${column}>${heading ? cellHtml(heading) : ''}</th>`
  return `${groupRow}<tr${anchor}>${head}${data.join('')}</tr>`
}

/** Names the columns of an emulator where a phone hides the column headings. */
function emulatedHtml(columns: readonly Column[], series: readonly Series[]): string {
  const emulated = columns.filter(({ side }) => isEmulated(side, series)).map(({ text }) => text)
  return emulated.length === 0
    ? ''
    : `<span class="narrow">${escapeHtml(emulated.join(', '))}: emulator</span>`
}

function isEmulated(side: number | undefined, series: readonly Series[]): boolean {
  return side !== undefined && (series[side]?.warning ?? null) !== null
}

/** One `tbody` for each group of rows. */
function groupsOf(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last === undefined || row.group !== undefined) groups.push([row])
    else last.push(row)
  }
  return groups
}
