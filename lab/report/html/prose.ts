import type { Cell, Figure, Prose } from '../model.ts'
import { escapeHtml } from './escape.ts'

/** A number, marked so that a program finds it: `data-figure` is its name, `data-value` the unrounded value. */
export function figureHtml({ id, value, text }: Figure): string {
  const data = `data-figure="${escapeHtml(id)}" data-value="${value ?? ''}"`
  return `<span class="figure" ${data}>${escapeHtml(text)}</span>`
}

/** A sentence with its figures. */
export function proseHtml(prose: Prose): string {
  return prose
    .map((part) => (typeof part === 'string' ? escapeHtml(part) : figureHtml(part)))
    .join('')
}

/** What stands in a table cell. */
export function cellHtml(cell: Cell): string {
  if (cell.kind === 'figure') return figureHtml(cell)
  return cell.side === undefined ? escapeHtml(cell.text) : sideName(cell.text, cell.side)
}

/** A side's name with its mark, in its accent colour. */
export function sideName(label: string, place: number): string {
  return `<span class="side side-${place + 1}">${escapeHtml(label)}</span>`
}
