import { textTable } from '../commands/text-table.ts'
import { proseText, type ReportModel } from './model.ts'

/** The verdict's first sentence and the main tables, as lines for a terminal. */
export function renderTerminal({ verdict, comparisons }: ReportModel): string[] {
  const lines = comparisons.flatMap(({ title, overall }) => [
    '',
    title,
    ...textTable([
      overall.columns.map(({ text }) => text),
      ...overall.rows.map(({ cells }) => cells.map(({ text }) => text)),
    ]),
  ])
  const notes = new Set(comparisons.flatMap(({ overall }) => overall.notes))
  return [...lines, '', ...notes, '', proseText(verdict.headline)].map(printable)
}

/** A label may come from anywhere: control characters could rewrite the terminal. */
function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '?')
}
