import { proseText, type Table } from '../page/document.ts'
import { textTable } from '../terminal/text-table.ts'
import type { ReportModel } from './model.ts'

/** The main tables and the headline, as lines for a terminal. */
export function renderTerminal({ verdict, summary }: ReportModel): string[] {
  const lines = summary.flatMap(({ title, table }) => ['', title, ...tableLines(table)])
  const notes = new Set(summary.flatMap(({ table }) => table.notes ?? []))
  return [
    ...lines,
    '',
    ...notes,
    ...(notes.size === 0 ? [] : ['']),
    proseText(verdict.headline),
  ].map(printable)
}

/** A table as lines of aligned columns. */
export function tableLines({ columns, rows }: Table): string[] {
  return textTable([
    columns.map(({ text }) => text),
    ...rows.map(({ cells }) => cells.map(({ text }) => text)),
  ])
}

/** Without control characters, which could rewrite the terminal: labels are user input. */
export function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '?')
}
