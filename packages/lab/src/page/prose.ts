import type { Cell, Figure, Link, Prose } from './document.ts'
import { escapeHtml } from './escape.ts'

/**
 * A number that links to its row in the table of records. `data-figure` holds its name and `data-value` the unrounded
 * value, for programs.
 */
export function figureHtml({ id, value, text, source }: Figure): string {
  const data = `data-figure="${escapeHtml(id)}" data-value="${value ?? ''}"`
  if (value === null) return `<span class="none" ${data}>${escapeHtml(text)}</span>`
  return source === undefined
    ? `<span class="figure" ${data}>${escapeHtml(text)}</span>`
    : `<a class="figure" href="#${escapeHtml(source)}" ${data}>${escapeHtml(text)}</a>`
}

/** Plain text with commands and options as code, and without line breaks inside options or before units. */
export function wordsHtml(words: string): string {
  return escapeHtml(words)
    .replace(
      COMMAND,
      (code) => `<code>${code.replace(OPTION, '<span class="option">$&</span>')}</code>`,
    )
    .replace(UNIT, '$1\u00a0$2')
}

const UNIT = /(\d) (%|ms|s|bytes|KB|MB|MiB|GiB)(?![a-z])/g

const OPTION = /--[a-z][a-z-]*/g

/** A command up to the end of its sentence, or a single option. */
const COMMAND = /npx pushcart(?: [^\s;()]*[^\s;,().])+|--[a-z][a-z-]*/g

/** Sentences with their figures and links. */
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

/** Content of a table cell. */
export function cellHtml(cell: Cell): string {
  if (cell.kind === 'figure') return figureHtml(cell)
  if (cell.kind === 'prose') return proseHtml(cell.prose)
  const { text, href, side, tone, detail } = cell
  const words =
    href !== undefined
      ? linkHtml({ text, href })
      : side === undefined
        ? escapeHtml(text)
        : sideName(text, side)
  const toned = tone === undefined ? words : `<span class="tone-${tone}">${words}</span>`
  return detail === undefined ? toned : `${toned} <small>${escapeHtml(detail)}</small>`
}

/** The name of a series with its mark, in its accent colour. */
export function sideName(label: string, place: number): string {
  return `<span class="side side-${place + 1}">${escapeHtml(label)}</span>`
}
