import { RESULTS_FILE } from '../../results/comparison-file.ts'
import type { ReportModel, ReportSide } from '../model.ts'
import { relinked } from '../sources.ts'
import { accentStyle } from './accents.ts'
import { contentsHtml } from './contents.ts'
import { escapeHtml } from './escape.ts'
import { sectionHtml, verdictSection } from './sections.ts'
import { STYLE } from './style.ts'

/**
 * The report as one HTML file that needs nothing else: no script, no request, plots drawn in place.
 *
 * @param results the result file as the page links to it
 */
export function renderHtml(model: ReportModel, results: string = RESULTS_FILE): string {
  const { title, subtitle, sections, sides } = model
  const html = page({
    title,
    subtitle,
    kicker: 'pushcart comparison',
    sides,
    main: [
      verdictSection(model),
      contentsHtml(sections),
      ...sections.map((section) => sectionHtml(section, sides)),
    ],
    footer: `Every figure is computed from ${decodeURI(results)}.`,
  })
  return relinked(html, escapeHtml(results))
}

export interface Page {
  readonly title: string
  readonly subtitle: string
  /** Above the title: what kind of page it is. */
  readonly kicker: string
  /** Whose colours the page has. */
  readonly sides: readonly Pick<ReportSide, 'store'>[]
  /** HTML, one entry a section. */
  readonly main: readonly string[]
  readonly footer: string
}

/** A page of its own with the report's looks. */
export function page({ title, subtitle, kicker, sides, main, footer }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)} - pushcart</title>
<style>${STYLE}${accentStyle(sides)}</style>
</head>
<body>
<header>
<p class="kicker">${escapeHtml(kicker)}</p>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
</header>
<main>
${main.join('\n')}
</main>
<footer><p>${escapeHtml(footer)}</p></footer>
</body>
</html>
`
}
