import type { Cell, Figure, Link, Prose } from '../model.ts'
import { escapeHtml } from './escape.ts'

/**
 * A number, marked so that a program finds it: `data-figure` is its name, `data-value` the unrounded value. It
 * leads to the row of the table of records that says what it was computed from.
 */
export function figureHtml({ id, value, text, source }: Figure): string {
  const data = `data-figure="${escapeHtml(id)}" data-value="${value ?? ''}"`
  return source === undefined
    ? `<span class="figure" ${data}>${escapeHtml(text)}</span>`
    : `<a class="figure" href="#${escapeHtml(source)}" ${data}>${escapeHtml(text)}</a>`
}

/** A sentence with its figures. */
export function proseHtml(prose: Prose): string {
  return prose
    .map((part) => {
      if (typeof part === 'string') return escapeHtml(part)
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
