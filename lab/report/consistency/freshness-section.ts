import type { Staleness } from '../../consistency/check/index.ts'
import { escapeHtml } from '../../page/escape.ts'
import { freshnessPlot } from './freshness-plot.ts'
import { headRow, tableHtml } from './table.ts'
import { type Explained, sentence } from './words.ts'

/** How stale reads were: in words, by time since the change with a curve, and in versions. */
export function freshnessSection(stores: readonly Explained[], names: readonly string[]): string {
  const parts = stores.flatMap(({ report }, at) =>
    report.staleness.map((one) =>
      modeHtml(one, `s${at}`, stores.length === 1 ? '' : `${names[at]}, `),
    ),
  )
  if (parts.length === 0) return ''
  return `<section>
<h2>How fresh reads were</h2>
<p>Of the reads that followed a confirmed change of their cart: the share that showed it, by the time since that change.</p>
${parts.join('\n')}
</section>`
}

function modeHtml(staleness: Staleness, id: string, store: string): string {
  const { read_mode: mode, statement, stale } = staleness
  const drawn = `<div class="drawing drawing-small" tabindex="0" role="group" aria-label="Freshness of ${escapeHtml(store)}${mode} reads">${freshnessPlot(staleness, id)}</div>`
  const told = `<h3>${escapeHtml(store)}${mode} reads</h3><p>${escapeHtml(sentence(statement))}.</p>`
  if (stale.count === 0) return told
  return `${told}${ageHtml(staleness)}${drawn}${versionsHtml(staleness, id, `${store}${mode} reads`)}`
}

function ageHtml({ age_ms: age }: Staleness): string {
  if (age === null) return ''
  return `<p>Stale reads were ${age.p50.toFixed(1)} ms old in the median, ${age.p95.toFixed(1)} ms at P95, ${age.max.toFixed(1)} ms at most.</p>`
}

/** Of so many rows the rest tells nothing new. */
const MOST_VERSIONS = 6

function versionsHtml({ versions_behind: behind, read_mode }: Staleness, id: string, of: string) {
  if (behind === null) return ''
  const rows = behind.slice(0, MOST_VERSIONS).map(({ versions, reads, within }) => {
    const cells: [string, string][] = [
      ['reads', reads.toLocaleString('en-US')],
      ['at most so many behind', percent(within.share)],
      ['95 %', `${percent(within.low)} to ${percent(within.high)}`],
    ]
    return `<tr><th scope="row">${versions}</th>${cells.map(([column, text]) => `<td class="numeric" data-column="${column}">${text}</td>`).join('')}</tr>`
  })
  const columns = ['versions behind', 'reads', 'at most so many behind', '95 %']
  const caption = `How many versions behind ${of} were`
  return tableHtml(`versions versions-${id}-${read_mode}`, caption, [headRow(columns)], rows)
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`
}
