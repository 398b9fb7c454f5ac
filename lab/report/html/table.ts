import type { Column, ReportSide, Row, Table } from '../model.ts'
import { escapeHtml } from './escape.ts'
import { cellHtml, sideName, wordsHtml } from './prose.ts'

/**
 * A table. Where the page is as narrow as a phone its rows become blocks, every cell with the name of its column
 * (`data-column`), so that nothing has to be scrolled sideways.
 */
export function tableHtml(table: Table, sides: readonly ReportSide[]): string {
  const { id, caption, columns, rows, notes } = table
  return `<div class="table-box">
<table id="${escapeHtml(id)}">
<caption>${escapeHtml(caption)}${emulatedHtml(columns, sides)}</caption>
<thead><tr>${columns.map((column) => columnHtml(column, sides)).join('')}</tr></thead>
${groupsOf(rows)
  .map((group) => `<tbody>\n${group.map((row) => rowHtml(row, columns)).join('\n')}\n</tbody>`)
  .join('\n')}
</table>
</div>
${notesHtml(notes)}`
}

/** Small print under a table or plot. */
export function notesHtml(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${wordsHtml(note)}</p>`).join('\n')
}

function columnHtml({ text, side, numeric }: Column, sides: readonly ReportSide[]): string {
  const content = side === undefined ? escapeHtml(text) : sideName(text, side)
  const tag = isEmulated(side, sides) ? '<span class="tag">emulator</span>' : ''
  return `<th scope="col"${numeric ? ' class="numeric"' : ''}>${content}${tag}</th>`
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
    const { text = '', numeric } = columns[index + 1] ?? {}
    const kind = numeric ? ' class="numeric"' : ''
    const content = cell.text === '' ? '' : `<span>${cellHtml(cell)}</span>`
    return `<td${kind} data-column="${escapeHtml(text)}">${content}</td>`
  })
  const anchor = id === undefined ? '' : ` id="${escapeHtml(id)}"`
  // A number alone heads a row only beside the name of its column.
  const column =
    heading?.kind === 'figure' ? ` data-column="${escapeHtml(columns[0]?.text ?? '')}"` : ''
  const head = `<th scope="row"${column}>${heading ? cellHtml(heading) : ''}</th>`
  return `${groupRow}<tr${anchor}>${head}${data.join('')}</tr>`
}

/** Which columns are an emulator's, where there is no room for the heads of columns. */
function emulatedHtml(columns: readonly Column[], sides: readonly ReportSide[]): string {
  const emulated = columns.filter(({ side }) => isEmulated(side, sides)).map(({ text }) => text)
  return emulated.length === 0
    ? ''
    : `<span class="narrow">${escapeHtml(emulated.join(', '))}: emulator</span>`
}

function isEmulated(side: number | undefined, sides: readonly ReportSide[]): boolean {
  return side !== undefined && (sides[side]?.warning ?? null) !== null
}

/** Rows under one heading belong to one tbody. */
function groupsOf(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last === undefined || row.group !== undefined) groups.push([row])
    else last.push(row)
  }
  return groups
}
