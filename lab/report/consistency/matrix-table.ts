import { GUARANTEES } from '../../consistency/check/index.ts'
import { escapeHtml } from '../../page/escape.ts'
import { GUARANTEE_MEANS } from './meanings.ts'
import { headRow, tableHtml } from './table.ts'
import { type Cell, COLUMNS, type Explained, matrixOf, spaced } from './words.ts'

/** The matrix guarantee x store x read mode. */
export function matrixHtml(stores: readonly Explained[], names: readonly string[]): string {
  const matrices = stores.map(({ report }) => matrixOf(report))
  const several = stores.length > 1
  const columnName = (store: string, column: string) => (several ? `${store}, ${column}` : column)
  const rows = GUARANTEES.map((guarantee, row) => {
    const cells = matrices.flatMap((matrix, at) =>
      (matrix[row]?.cells ?? []).map((cell, column) =>
        cellHtml(cell, columnName(names[at] ?? '', COLUMNS[column] ?? ''), several && column === 0),
      ),
    )
    return `<tr><th scope="row">${spaced(guarantee)}<small>${escapeHtml(GUARANTEE_MEANS[guarantee])}</small></th>${cells.join('')}</tr>`
  })
  const modes = COLUMNS.map((column) => (column === 'changes' ? column : `${column} reads`))
  const caption =
    'Guarantees by what was asked: changes, and reads of each mode; with the operations held against each'
  const heads = several
    ? [groupRow(names), headRow(names.flatMap(() => COLUMNS))]
    : [headRow(['guarantee', ...modes])]
  return tableHtml(several ? 'matrix stores' : 'matrix', caption, heads, rows)
}

function groupRow(names: readonly string[]): string {
  const groups = names.map(
    (name) =>
      `<th scope="colgroup" colspan="${COLUMNS.length}" class="store">${escapeHtml(name)}</th>`,
  )
  return `<tr><th scope="col" rowspan="2">guarantee</th>${groups.join('')}</tr>`
}

function cellHtml({ kind, text }: Cell, column: string, begins: boolean): string {
  const classes = `cell-${kind}${begins ? ' store' : ''}`
  return `<td class="${classes}" data-column="${escapeHtml(column)}">${escapeHtml(text)}</td>`
}
