import type {
  Content,
  Picture,
  Plots,
  Prose,
  ReportModel,
  ReportSide,
  Section,
  Term,
} from '../model.ts'
import { escapeHtml } from './escape.ts'
import { figureHtml, proseHtml, sideName, wordsHtml } from './prose.ts'
import { notesHtml, tableHtml } from './table.ts'

/** The verdict, the warning that goes with it, and a few figures per side. */
export function verdictSection({ verdict, glance, sides }: ReportModel): string {
  const warning =
    verdict.warning === null
      ? ''
      : `<aside class="warning" aria-label="About the emulator"><p>${escapeHtml(verdict.warning)}</p></aside>`
  return section(
    'verdict',
    'Verdict',
    `<p class="headline">${proseHtml(verdict.headline)}</p>
<div class="glance">
${glance
  .map(({ side, figures }) => {
    const { label = '', warning: words = null } = sides[side] ?? {}
    return `<div class="card card-${side + 1}">
<p class="card-name">${sideName(label, side)}</p>
<dl>${figures.map(({ name, figure }) => `<div><dt>${escapeHtml(name)}</dt><dd>${figureHtml(figure)}</dd></div>`).join('')}</dl>
${words === null ? '' : `<p class="note">${escapeHtml(words)}</p>`}
</div>`
  })
  .join('\n')}
</div>
${warning}
${listHtml(verdict.points.map(proseHtml))}`,
  )
}

/** A verdict that is one sentence. */
export function headlineSection(headline: Prose): string {
  return section('verdict', 'Verdict', `<p class="headline">${proseHtml(headline)}</p>`)
}

/** A section of the model, whatever it holds. */
export function sectionHtml(
  { id, title, contents }: Section,
  sides: readonly ReportSide[],
): string {
  return section(id, title, contentsHtml(contents, sides))
}

function contentsHtml(contents: readonly Content[], sides: readonly ReportSide[]): string {
  return contents.map((content) => contentHtml(content, sides)).join('\n')
}

function contentHtml(content: Content, sides: readonly ReportSide[]): string {
  switch (content.kind) {
    case 'heading':
      return `<h3>${escapeHtml(content.text)}</h3>`
    case 'prose':
      return `<p>${proseHtml(content.prose)}</p>`
    case 'note':
      return notesHtml([content.text])
    case 'list':
      return content.items.length === 0 ? '' : listHtml(content.items.map(proseHtml))
    case 'table':
      return tableHtml(content.table, sides)
    case 'plots':
      return plotsHtml(content, sides)
    case 'terms':
      return `<dl class="run">${content.terms.map(termHtml).join('\n')}</dl>`
    case 'command':
      return `<pre tabindex="0" role="group" aria-label="Command"><code>${escapeHtml(content.command)}</code></pre>`
    case 'details':
      return `<details><summary>${escapeHtml(content.summary)}</summary>\n${contentsHtml(content.contents, sides)}\n</details>`
  }
}

function listHtml(items: readonly string[]): string {
  return `<ul class="points">\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`
}

function termHtml({ term, details }: Term): string {
  const lines = details.map((line) => `<dd>${escapeHtml(line)}</dd>`)
  return `<div><dt>${escapeHtml(term)}</dt>${lines.join('')}</div>`
}

function plotsHtml({ plots, about, legend }: Plots, sides: readonly ReportSide[]): string {
  const words = about === undefined ? '' : `<p>${wordsHtml(about)}</p>\n`
  return `${words}${legend ? legendHtml(sides) : ''}<div class="panels">\n${plots.map(figureOf).join('\n')}\n</div>`
}

/** A picture for the width of the page has a second form for a phone; only one of the two is ever shown. */
function figureOf({ title, draw, drawWide }: Picture): string {
  const caption = `<figcaption>${escapeHtml(title)}</figcaption>`
  if (drawWide === undefined) return `<figure>${caption}\n${draw()}\n</figure>`
  return `<figure class="wide">${caption}\n<div class="on-page">${drawWide()}</div>\n<div class="on-phone">${draw()}</div>\n</figure>`
}

function legendHtml(sides: readonly ReportSide[]): string {
  const entries = sides.map(
    ({ label }, place) =>
      `<li><svg class="key" aria-hidden="true" viewBox="0 0 30 10"><path class="key-${place + 1}" d="M1 5H29"/></svg>${sideName(label, place)}</li>`,
  )
  return `<ul class="legend">${entries.join('')}</ul>\n`
}

/** A titled part of the page. */
function section(id: string, title: string, content: string): string {
  const heading = `${escapeHtml(id)}-heading`
  return `<section id="${escapeHtml(id)}" aria-labelledby="${heading}">
<h2 id="${heading}">${escapeHtml(title)}</h2>
${content}
</section>`
}
