import { navigationHtml } from '../page/contents.ts'
import { escapeHtml } from '../page/escape.ts'
import { page } from '../page/page.ts'
import { figureHtml, proseHtml, sideName } from '../page/prose.ts'
import { contentsHtml, listHtml, sectionHtml, titledSection } from '../page/sections.ts'
import { RESULTS_FILE } from '../results/comparison-file.ts'
import { accentStyle } from './accents.ts'
import type { Glance, ReportModel, ReportSide } from './model.ts'
import { relinked } from './sources.ts'

/**
 * The report as one self-contained HTML file.
 *
 * @param results the result file as the page links to it
 */
export function renderHtml(model: ReportModel, results: string = RESULTS_FILE): string {
  const { title, subtitle, sections, sides } = model
  const html = page({
    title,
    subtitles: [subtitle],
    kicker: 'pushcart comparison',
    style: accentStyle(sides),
    main: [
      verdictSection(model),
      navigationHtml(sections),
      ...sections.map((section) => sectionHtml(section, sides)),
    ],
    footer: `Every measured figure is computed from ${decodeURI(results)}.`,
  })
  return relinked(html, escapeHtml(results))
}

/** The verdict, its warning and a few figures of each store. */
function verdictSection({ verdict, glance, sides }: ReportModel): string {
  const warning =
    verdict.warning === null
      ? ''
      : `<aside class="warning" aria-label="About the emulator"><p>${escapeHtml(verdict.warning)}</p></aside>`
  return titledSection(
    'verdict',
    verdict.title,
    `<p class="headline">${proseHtml(verdict.headline)}</p>
${glance.length === 0 ? '' : `<div class="glance">\n${glance.map((card) => cardHtml(card, sides)).join('\n')}\n</div>`}
${warning}
${listHtml(verdict.points)}
${contentsHtml(verdict.contents, sides)}`,
  )
}

function cardHtml({ side, figures }: Glance, sides: readonly ReportSide[]): string {
  const { label = '', warning = null } = sides[side] ?? {}
  return `<div class="card card-${side + 1}">
<p class="card-name">${sideName(label, side)}</p>
<dl>${figures.map(({ name, figure }) => `<div><dt>${escapeHtml(name)}</dt><dd>${figureHtml(figure)}</dd></div>`).join('')}</dl>
${warning === null ? '' : `<p class="note">${escapeHtml(warning)}</p>`}
</div>`
}
