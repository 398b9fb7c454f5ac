import { escapeHtml } from '../../report/html/escape.ts'
import type { Staleness } from '../check/index.ts'
import { freshnessPlot } from './freshness-plot.ts'
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
  return `<h3>${escapeHtml(store)}${mode} reads</h3><p>${escapeHtml(sentence(statement))}.</p>${ageHtml(staleness)}${stale.count === 0 ? '' : drawn}`
}

function ageHtml({ age_ms: age, versions_behind: behind, stale }: Staleness): string {
  const old =
    age === null
      ? ''
      : `<p>Stale reads were ${age.p50.toFixed(1)} ms old in the median, ${age.p95.toFixed(1)} ms at P95, ${age.max.toFixed(1)} ms at most.</p>`
  if (behind === null || behind.length === 0) return old
  const share = (reads: number) => `${((100 * reads) / stale.count).toFixed(0)} %`
  const told = behind
    .slice(0, MOST_VERSIONS)
    .map(({ versions, reads }) => `${versions} (${share(reads)})`)
  const more = behind.length > MOST_VERSIONS ? ' and more' : ''
  return `${old}<p>Versions behind, of the stale reads: ${told.join(', ')}${more}.</p>`
}

const MOST_VERSIONS = 10
