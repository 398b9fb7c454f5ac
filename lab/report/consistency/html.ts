import { escapeHtml } from '../../page/escape.ts'
import { freshnessSection } from './freshness-section.ts'
import { limitsSection } from './limits-section.ts'
import { matrixHtml } from './matrix-table.ts'
import { CONSISTENCY_STYLE } from './style.ts'
import { violationsSection } from './violations-section.ts'
import { count, type Explained, headline, spaced, storeNames } from './words.ts'

/**
 * The report as one HTML file that needs nothing else: no script, no request, timelines drawn in place.
 *
 * @param stores what was recorded of each, at least one; several stand side by side in the matrix
 */
export function consistencyHtml(stores: readonly Explained[]): string {
  const names = storeNames(stores)
  const title = stores.length === 1 ? (stores[0]?.report.service ?? '') : names.join(' and ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Consistency of ${escapeHtml(title)} - pushcart</title>
<style>${CONSISTENCY_STYLE}</style>
</head>
<body>
<header>
<p class="kicker">pushcart consistency</p>
<h1>${escapeHtml(title)}</h1>
${stores.map((one, at) => `<p class="subtitle">${escapeHtml(told(names, at, runText(one)))}</p>`).join('\n')}
</header>
<main>
<section>
<h2>What holds, and what does not</h2>
${stores.map((one, at) => `<p class="headline">${escapeHtml(told(names, at, headline(one)))}</p>`).join('\n')}
${matrixHtml(stores, names)}
${stores.some(({ header }) => header.cut_off === true) ? '<div class="warning"><p>A recording was cut off: nothing was read in the end.</p></div>' : ''}
</section>
${violationsSection(stores, names, true)}
${violationsSection(stores, names, false)}
${freshnessSection(stores, names)}
${limitsSection(stores, names)}
</main>
<footer><p>Every figure is computed from the history in the same folder; pushcart check reads it again.</p></footer>
</body>
</html>
`
}

/** What is said of one of several stores. */
function told(names: readonly string[], at: number, text: string): string {
  return names.length === 1 ? text : `${names[at]}: ${text}`
}

function runText({ report, header }: Explained): string {
  const { operations, sessions, carts, evidence } = report
  const faults = header.faults.length === 0 ? 'no faults' : header.faults.map(spaced).join(', ')
  return `${count(operations, 'operation')}, ${count(sessions, 'session')}, ${count(carts, 'cart')}; ${count(evidence.overlaps, 'overlapping pair')}; seed ${report.seed}; faults: ${faults}`
}
