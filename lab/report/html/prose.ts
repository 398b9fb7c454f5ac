import type { Cell, Figure, Link, Prose } from '../model.ts'
import { escapeHtml } from './escape.ts'

/**
 * A number, marked so that a program finds it: `data-figure` is its name, `data-value` the unrounded value. It
 * leads to the row of the table of records that says what it was computed from.
 */
export function figureHtml({ id, value, text, source }: Figure): string {
  const data = `data-figure="${escapeHtml(id)}" data-value="${value ?? ''}"`
  if (value === null) return `<span class="none" ${data}>${escapeHtml(text)}</span>`
  return source === undefined
    ? `<span class="figure" ${data}>${escapeHtml(text)}</span>`
    : `<a class="figure" href="#${escapeHtml(source)}" ${data}>${escapeHtml(text)}</a>`
}

/** Plain words, in which commands and options are set as such; options and numbers with units do not break. */
export function wordsHtml(words: string): string {
  return escapeHtml(words)
    .replace(COMMAND, (code) =>
      code.startsWith('--') ? `<code class="option">${code}</code>` : `<code>${code}</code>`,
    )
    .replace(UNIT, '$1\u00a0$2')
}

/** A number and its unit stay on one line. */
const UNIT = /(\d) (%|ms|s|bytes|KB|MB|MiB|GiB)(?![a-z])/g

/** A command up to the end of its sentence, or an option by itself. */
const COMMAND = /npx pushcart(?: [^\s;,()]*[^\s;,().])+|--[a-z][a-z-]*/g

/** A sentence with its figures. */
export function proseHtml(prose: Prose): string {
  return prose
    .map((part) => {
      if (typeof part === 'string') return wordsHtml(part)
      return part.kind === 'link' ? linkHtml(part) : figureHtml(part)
    })
    .join('')
}

function linkHtml({ text, href }: Pick<Link, 'text' | 'href'>): string {
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`
}

/** What stands in a table cell. */
export function cellHtml(cell: Cell): string {
  if (cell.kind === 'figure') return figureHtml(cell)
  if (cell.kind === 'prose') return proseHtml(cell.prose)
  if (cell.href !== undefined) return linkHtml({ text: cell.text, href: cell.href })
  return cell.side === undefined ? escapeHtml(cell.text) : sideName(cell.text, cell.side)
}

/** A side's name with its mark, in its accent colour. */
export function sideName(label: string, place: number): string {
  return `<span class="side side-${place + 1}">${escapeHtml(label)}</span>`
}
