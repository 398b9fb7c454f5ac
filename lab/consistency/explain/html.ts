import { escapeHtml } from '../../report/html/escape.ts'
import type { Finding, Violation } from '../check/index.ts'
import { freshnessPlot } from './freshness-plot.ts'
import { GUARANTEE_MEANS, MEANINGS } from './meanings.ts'
import { CONSISTENCY_STYLE } from './style.ts'
import { timelineSvg } from './timeline.ts'
import {
  COLUMNS,
  count,
  type Explained,
  headline,
  matrixOf,
  operationLines,
  shortId,
  spaced,
} from './words.ts'

/** The report as one HTML file that needs nothing else: no script, no request, timelines drawn in place. */
export function consistencyHtml(explained: Explained): string {
  const { report, header } = explained
  const name = escapeHtml(report.service)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Consistency of ${name} - pushcart</title>
<style>${CONSISTENCY_STYLE}</style>
</head>
<body>
<header>
<p class="kicker">pushcart consistency</p>
<h1>${name}</h1>
<p class="subtitle">${escapeHtml(runText(explained))}</p>
</header>
<main>
<section>
<h2>What holds</h2>
<p class="headline">${escapeHtml(headline(explained))}</p>
${matrixHtml(explained)}
${header.cut_off === true ? '<div class="warning"><p>The recording was cut off: nothing was read in the end.</p></div>' : ''}
</section>
${violationsSection(explained, true)}
${violationsSection(explained, false)}
${stalenessSection(explained)}
${limitsSection(explained)}
</main>
<footer><p>Every figure is computed from history.ndjson in the same folder; pushcart check reads it again.</p></footer>
</body>
</html>
`
}

function runText({ report, header }: Explained): string {
  const { operations, sessions, carts, evidence } = report
  const faults = header.faults.length === 0 ? 'no faults' : header.faults.map(spaced).join(', ')
  return `${count(operations, 'operation')}, ${count(sessions, 'session')}, ${count(carts, 'cart')}; ${count(evidence.overlaps, 'overlapping pair')}; seed ${report.seed}; faults: ${faults}`
}

function matrixHtml({ report }: Explained): string {
  const rows = matrixOf(report).map(
    ({ guarantee, cells }) =>
      `<tr><th scope="row">${spaced(guarantee)}<small>${escapeHtml(GUARANTEE_MEANS[guarantee])}</small></th>${cells
        .map(
          ({ kind, text }, at) =>
            `<td class="cell-${kind}" data-column="${COLUMNS[at]}">${escapeHtml(text)}</td>`,
        )
        .join('')}</tr>`,
  )
  return table(
    'matrix',
    'Guarantees by what was asked: changes, and reads of each mode; with the operations held against each',
    ['guarantee', ...COLUMNS.map((column) => (column === 'changes' ? column : `${column} reads`))],
    rows,
  )
}

function table(id: string, caption: string, columns: readonly string[], rows: readonly string[]) {
  return `<div class="table-box ${id}" tabindex="0" role="group" aria-labelledby="${id}-caption">
<table>
<caption id="${id}-caption">${escapeHtml(caption)}</caption>
<thead><tr>${columns.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`
}

function violationsSection({ report, header }: Explained, promised: boolean): string {
  const broken = report.findings.filter(
    (finding) => finding.verdict === 'violated' && finding.promised === promised,
  )
  if (broken.length === 0) return ''
  // What nobody promised is worth one example.
  const most = promised ? Number.POSITIVE_INFINITY : 1
  const articles = broken.flatMap((finding) =>
    finding.violations
      .slice(0, most)
      .map((violation, at) => articleHtml(finding, violation, at, header.fault_windows ?? [])),
  )
  return `<section>
<h2>${promised ? 'What is violated' : 'Seen, and not promised'}</h2>
${articles.join('\n')}
</section>`
}

function articleHtml(
  { guarantee, read_mode, violation_count }: Finding,
  { anomaly, message, cart, operations }: Violation,
  at: number,
  windows: Parameters<typeof timelineSvg>[3],
): string {
  const { title, shopper, cause } = MEANINGS[anomaly]
  const id = `v-${guarantee}-${read_mode}-${at}`
  const where = `${spaced(guarantee)}, ${read_mode}${read_mode === 'changes' ? '' : ' reads'}, ${at + 1} of ${violation_count}`
  return `<article>
<h3>${escapeHtml(title)}</h3>
<p class="note">${escapeHtml(where)}; cart ${escapeHtml(shortId(cart))}</p>
<p><span class="bad">${escapeHtml(message)}</span></p>
<dl class="meaning"><dt>For a shopper</dt><dd>${escapeHtml(shopper)}</dd><dt>Usual cause</dt><dd>${escapeHtml(cause)}</dd></dl>
<div class="drawing" tabindex="0" role="group" aria-label="Timeline: ${escapeHtml(title)}, ${escapeHtml(where)}">
${timelineSvg(id, title, operations, windows)}
</div>
<ol class="steps">${operationLines(operations)
    .map((line) => `<li>${escapeHtml(line)}</li>`)
    .join('')}</ol>
</article>`
}

function stalenessSection({ report }: Explained): string {
  if (report.staleness.length === 0) return ''
  const parts = report.staleness.map((one) => {
    const { read_mode, statement, age_ms, versions_behind, stale } = one
    const age =
      age_ms === null
        ? ''
        : `<p>Stale reads were ${age_ms.p50.toFixed(1)} ms old in the median, ${age_ms.p95.toFixed(1)} ms at P95, ${age_ms.max.toFixed(1)} ms at most.</p>`
    const behind = (versions_behind ?? []).map(({ versions, reads }) => `${versions}: ${reads}`)
    const versions =
      behind.length === 0 ? '' : `<p>Versions behind: ${behind.slice(0, 10).join(', ')}.</p>`
    const plot =
      stale.count === 0
        ? ''
        : `<div class="drawing drawing-small" tabindex="0" role="group" aria-label="Freshness of ${read_mode} reads">${freshnessPlot(one)}</div>`
    return `<h3>${read_mode} reads</h3><p>${escapeHtml(statement)}.</p>${age}${versions}${plot}`
  })
  return `<section>
<h2>How fresh reads were</h2>
<p>Of the reads that followed a confirmed change of their cart: the share that showed it, by the time since that change.</p>
${parts.join('\n')}
</section>`
}

function limitsSection({ report }: Explained): string {
  const undecided = report.findings.filter(({ verdict }) => verdict === 'unknown')
  const rows = [
    ...undecided.map(({ guarantee, read_mode, reason }) => [
      guarantee,
      read_mode,
      `unknown: ${reason}`,
    ]),
    ...report.not_checked.map(({ guarantee, read_mode, reason }) => [guarantee, read_mode, reason]),
  ].map(
    ([guarantee = '', mode = '', reason = '']) =>
      `<tr><th scope="row">${spaced(guarantee)}</th><td>${mode}</td><td>${escapeHtml(reason)}</td></tr>`,
  )
  const faults = Object.entries(report.evidence.faults).map(
    ([name, met]) =>
      `<tr><th scope="row">${escapeHtml(spaced(name))}</th><td class="numeric">${met.toLocaleString('en-US')}</td></tr>`,
  )
  return `<section>
<h2>What this run can say</h2>
<p>${escapeHtml(evidenceText(report.evidence))}</p>
${faults.length === 0 ? '' : table('faults', 'Operations that each fault was at work in', ['fault', 'operations'], faults)}
${rows.length === 0 ? '' : table('limits', 'Not decided or not checked', ['guarantee', 'reads', 'why'], rows)}
</section>`
}

/** Whether the run could have shown anything. */
export function evidenceText({
  proves_nothing,
  reasons,
  overlaps,
  answered,
}: Explained['report']['evidence']): string {
  if (proves_nothing) return `It proves nothing: ${reasons.join('; ')}.`
  return `${count(answered, 'operation')} were answered, and ${count(overlaps, 'pair')} of different sessions overlapped on one cart: a service that breaks under contention had its chance.`
}
