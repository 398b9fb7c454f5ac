import type { Content, Picture, Plots, Prose, Section, Series, Term } from './document.ts'
import { escapeHtml } from './escape.ts'
import { proseHtml, sideName, wordsHtml } from './prose.ts'
import { notesHtml, tableHtml } from './table.ts'

/** HTML of a section. */
export function sectionHtml(
  { id, title, contents, folded }: Section,
  series: readonly Series[],
): string {
  const html = contentsHtml(contents, series)
  return folded ? foldedSection(id, title, html) : titledSection(id, title, html)
}

/**
 * A section whose heading opens it. The anchor is inside, because browsers open what is collapsed around the target of a
 * link.
 */
function foldedSection(id: string, title: string, content: string): string {
  const heading = `${escapeHtml(id)}-heading`
  return `<section class="folded" aria-labelledby="${heading}">
<details><summary><h2 id="${heading}">${escapeHtml(title)}</h2></summary>
<div id="${escapeHtml(id)}">
${content}
</div>
</details>
</section>`
}

/** A `section` element with a heading around HTML. */
export function titledSection(id: string, title: string, content: string): string {
  const heading = `${escapeHtml(id)}-heading`
  return `<section id="${escapeHtml(id)}" aria-labelledby="${heading}">
<h2 id="${heading}">${escapeHtml(title)}</h2>
${content}
</section>`
}

/** The verdict as large text, a paragraph for each line. */
export function headlineSection(title: string, lines: readonly Prose[]): string {
  const html = lines.map((line) => `<p class="headline">${proseHtml(line)}</p>`)
  return titledSection('verdict', title, html.join('\n'))
}

export function contentsHtml(contents: readonly Content[], series: readonly Series[]): string {
  return contents.map((content) => contentHtml(content, series)).join('\n')
}

function contentHtml(content: Content, series: readonly Series[]): string {
  switch (content.kind) {
    case 'heading':
      return `<h3>${escapeHtml(content.text)}</h3>`
    case 'prose':
      return `<p>${proseHtml(content.prose)}</p>`
    case 'note':
      return notesHtml([content.text])
    case 'list':
      return listHtml(content.items, content.ordered)
    case 'table':
      return tableHtml(content.table, series)
    case 'plots':
      return plotsHtml(content, series)
    case 'terms':
      return `<dl class="run">${content.terms.map(termHtml).join('\n')}</dl>`
    case 'command':
      return `<pre tabindex="0" role="group" aria-label="Command"><code>${commandHtml(content.command)}</code></pre>`
    case 'details':
      return `<details><summary>${escapeHtml(content.summary)}</summary>\n${contentsHtml(content.contents, series)}\n</details>`
  }
}

/** A line may break between words, and not at the hyphens of an option. */
function commandHtml(command: string): string {
  return command
    .split(' ')
    .map((word) => (word.includes('-') ? `<span>${escapeHtml(word)}</span>` : escapeHtml(word)))
    .join(' ')
}

/** A list; nothing without items. */
export function listHtml(items: readonly Prose[], ordered = false): string {
  if (items.length === 0) return ''
  const element = ordered ? 'ol' : 'ul'
  const lines = items.map((item) => `<li>${proseHtml(item)}</li>`)
  return `<${element} class="points">\n${lines.join('\n')}\n</${element}>`
}

function termHtml({ term, details }: Term): string {
  const lines = details.map((line) => `<dd>${escapeHtml(line)}</dd>`)
  return `<div><dt>${escapeHtml(term)}</dt>${lines.join('')}</div>`
}

function plotsHtml({ plots, about, legend }: Plots, series: readonly Series[]): string {
  const words = about === undefined ? '' : `<p>${wordsHtml(about)}</p>\n`
  return `${words}${legend ? legendHtml(series) : ''}<div class="panels">\n${plots.map(pictureHtml).join('\n')}\n</div>`
}

/** A full-width picture has a second form for phones; the style sheet shows one of them. */
function pictureHtml({ title, draw, drawWide, scroll }: Picture): string {
  const caption = `<figcaption>${escapeHtml(title)}</figcaption>`
  if (scroll)
    return `<figure class="wide">${caption}\n<p class="sideways">Scroll sideways to see all of it. The list below has the same content.</p>
<div class="drawing" tabindex="0" role="group" aria-label="${escapeHtml(title)}">${draw()}</div>\n</figure>`
  if (drawWide === undefined) return `<figure>${caption}\n${draw()}\n</figure>`
  return `<figure class="wide">${caption}\n<div class="on-page">${drawWide()}</div>\n<div class="on-phone">${draw()}</div>\n</figure>`
}

function legendHtml(series: readonly Series[]): string {
  const entries = series.map(
    ({ label }, place) =>
      `<li><svg class="key" aria-hidden="true" viewBox="0 0 30 10"><path class="key-${place + 1}" d="M1 5H29"/></svg>${sideName(label, place)}</li>`,
  )
  return `<ul class="legend">${entries.join('')}</ul>\n`
}
