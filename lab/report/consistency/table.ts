import { escapeHtml } from '../../page/escape.ts'

/**
 * A table with a caption; where the page is narrow its rows become blocks (`data-column` of the cells).
 *
 * @param name its classes, and its id when joined
 */
export function tableHtml(
  name: string,
  caption: string,
  heads: readonly string[],
  rows: readonly string[],
): string {
  const id = name.replace(/\W+/g, '-')
  return `<div class="table-box ${name}">
<table>
<caption id="${id}-caption">${escapeHtml(caption)}</caption>
<thead>${heads.join('\n')}</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`
}

/** The one row of a head without groups. */
export function headRow(columns: readonly string[]): string {
  return `<tr>${columns.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr>`
}
