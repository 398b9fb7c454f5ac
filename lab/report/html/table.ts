import type { Column, Row, Table } from '../model.ts'
import { escapeHtml } from './escape.ts'
import { cellHtml, sideName } from './prose.ts'

/** A table in a box of its own that scrolls where the page is too narrow for it. */
export function tableHtml(table: Table): string {
  const { id, caption, columns, rows, notes } = table
  // A box that scrolls must be reachable by keyboard, and what is reachable needs a name.
  return `<div class="table-box" tabindex="0" role="group" aria-labelledby="${escapeHtml(id)}-caption">
<table>
<caption id="${escapeHtml(id)}-caption">${escapeHtml(caption)}</caption>
<thead><tr>${columns.map(columnHtml).join('')}</tr></thead>
${groupsOf(rows)
  .map((group) => `<tbody>\n${group.map((row) => rowHtml(row, columns)).join('\n')}\n</tbody>`)
  .join('\n')}
</table>
</div>
${notesHtml(notes)}`
}

/** Small print under a table or plot. */
export function notesHtml(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')
}

function columnHtml({ text, side, numeric }: Column): string {
  const content = side === undefined ? escapeHtml(text) : sideName(text, side)
  return `<th scope="col"${numeric ? ' class="numeric"' : ''}>${content}</th>`
}

function rowHtml({ group, cells: [heading, ...cells] }: Row, columns: readonly Column[]): string {
  const groupRow =
    group === undefined
      ? ''
      : `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${escapeHtml(group)}</th></tr>\n`
  const data = cells.map((cell, index) => {
    const numeric = columns[index + 1]?.numeric ? ' class="numeric"' : ''
    return `<td${numeric}>${cellHtml(cell)}</td>`
  })
  return `${groupRow}<tr><th scope="row">${heading ? cellHtml(heading) : ''}</th>${data.join('')}</tr>`
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
