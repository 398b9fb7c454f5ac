import { textTable } from '../terminal/text-table.ts'
import { proseText, type ReportModel } from './model.ts'

/** The verdict's first sentence and the main tables, as lines for a terminal. */
export function renderTerminal({ verdict, summary }: ReportModel): string[] {
  const lines = summary.flatMap(({ title, table }) => [
    '',
    title,
    ...textTable([
      table.columns.map(({ text }) => text),
      ...table.rows.map(({ cells }) => cells.map(({ text }) => text)),
    ]),
  ])
  const notes = new Set(summary.flatMap(({ table }) => table.notes))
  return [
    ...lines,
    '',
    ...notes,
    ...(notes.size === 0 ? [] : ['']),
    proseText(verdict.headline),
  ].map(printable)
}

/** A label may come from anywhere: control characters could rewrite the terminal. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '?')
}
