import { html, nothing } from 'lit-html'
import type { ClickResult, SideInfo, Statement } from '../protocol.ts'
import { digits, duration, many } from './format.ts'

/** The requests to the database that a click caused. */
export function statementsView(side: SideInfo, { statements }: ClickResult) {
  if (statements.length === 0) return html`<p class="none">No request reached the database.</p>`
  const what = side.store === 'postgres' ? 'SQL statement' : 'DynamoDB request'
  return html`<div class="statements">
    <h4>${many(statements.length, what)}</h4>
    ${statements.map(
      (statement) =>
        html`<details>
          <summary><code>${firstWords(statement.text)}</code> <span class="muted">${costOf(statement)}</span></summary>
          <pre tabindex="0">${statement.text}${statement.input === '' ? nothing : `\n\n${statement.input}`}</pre>
        </details>`,
    )}
  </div>`
}

function firstWords(text: string): string {
  const line = text
    .replace(/--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > 72 ? `${line.slice(0, 70)} …` : line
}

function costOf({ ms, rows, read_units, write_units, error }: Statement): string {
  const parts = [
    duration(ms),
    ...(rows === null ? [] : [many(rows, 'row')]),
    ...(read_units === null ? [] : [`${digits(read_units)} read units`]),
    ...(write_units === null ? [] : [`${digits(write_units)} write units`]),
    ...(error === null ? [] : [error]),
  ]
  return parts.join(', ')
}
