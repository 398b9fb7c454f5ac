import { html, type TemplateResult } from 'lit-html'
import type { ClickResult, SideInfo, StoredCart } from '../protocol.ts'

/** The cart as its database stores it; what the last click changed is marked. */
export function storedView(
  side: SideInfo,
  { stored }: ClickResult,
  before: ClickResult | undefined,
) {
  if (stored === null)
    return html`<p class="none">The database has no such cart, or is not running.</p>`
  const title = stored.kind === 'tables' ? 'Rows in PostgreSQL' : 'Item in DynamoDB'
  return html`<div class="stored">
    <h4>${title}</h4>
    ${
      stored.kind === 'tables'
        ? tablesView(side, stored, before?.stored ?? null)
        : html`<ul class="tree" aria-label=${title}>
          ${treeOf(stored.item, itemOf(before?.stored ?? null))}
        </ul>`
    }
  </div>`
}

type Tables = Extract<StoredCart, { kind: 'tables' }>

function tablesView(side: SideInfo, { tables }: Tables, before: StoredCart | null) {
  const earlier = before?.kind === 'tables' ? before.tables : []
  return tables.map(({ name, columns, rows }) => {
    const known = earlier.find((table) => table.name === name)
    // Rows of the same table in their order: a cart has one row in most tables, and lines keep their order.
    const changed = (row: number, column: number) =>
      before !== null && known?.rows[row]?.[column] !== rows[row]?.[column]
    const shown = columns
      .map((column, at) => ({ column, at }))
      .filter(({ column }) => column !== 'cart_id')
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Table ${name} on ${side.label}">
      <table>
        <caption>${name}</caption>
        <thead><tr>${shown.map(({ column }) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (row, index) =>
              html`<tr>
                ${shown.map(
                  ({ at }) =>
                    html`<td class=${changed(index, at) ? 'changed' : ''}>${short(row[at] ?? '')}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  })
}

function itemOf(stored: StoredCart | null): unknown {
  return stored?.kind === 'item' ? stored.item : undefined
}

/** DynamoDB's JSON as a tree: `{ S: text }` is a leaf, `M` and `L` have branches. */
function treeOf(value: unknown, before: unknown): TemplateResult[] {
  return Object.entries((value ?? {}) as Record<string, unknown>).map(([name, attribute]) => {
    const earlier = (before as Record<string, unknown> | undefined)?.[name]
    const [type = '', content] =
      Object.entries((attribute ?? {}) as Record<string, unknown>)[0] ?? []
    const was = Object.values((earlier ?? {}) as Record<string, unknown>)[0]
    if (type === 'M' || type === 'L') {
      const size = Object.keys(content as object).length
      return html`<li><span class="name">${name}</span> <span class="type">${type}, ${size}</span>
        ${size === 0 ? '' : html`<ul>${treeOf(content, was)}</ul>`}</li>`
    }
    const isChanged = before !== undefined && was !== content
    return html`<li><span class="name">${name}</span> <span class="type">${type}</span>
      <span class=${isChanged ? 'changed' : ''}>${short(String(content))}</span></li>`
  })
}

const LONGEST = 40

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
