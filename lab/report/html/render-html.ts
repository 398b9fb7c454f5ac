import type { ReportModel } from '../model.ts'
import { escapeHtml } from './escape.ts'
import { plotsSection } from './plots-section.ts'
import {
  comparisonSections,
  consistencySection,
  methodSections,
  verdictSection,
} from './sections.ts'
import { STYLE } from './style.ts'

/** The report as one HTML file that needs nothing else: no script, no request, plots drawn in place. */
export function renderHtml(model: ReportModel): string {
  const title = escapeHtml(model.title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} - pushcart</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="kicker">pushcart comparison</p>
<h1>${title}</h1>
<p class="subtitle">${escapeHtml(model.subtitle)}</p>
</header>
<main>
${verdictSection(model)}
${comparisonSections(model)}
${plotsSection(model)}
${consistencySection(model)}
${methodSections(model)}
</main>
<footer><p>Every figure is computed from combined_results.json and consistency_test_results.json in the same folder.</p></footer>
</body>
</html>
`
}
