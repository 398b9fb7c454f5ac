import type { ReportModel } from '../model.ts'
import { escapeHtml } from './escape.ts'
import { figureHtml, proseHtml, sideName } from './prose.ts'
import { tableHtml } from './table.ts'

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
<ul class="points">
${verdict.points.map((point) => `<li>${proseHtml(point)}</li>`).join('\n')}
</ul>`,
  )
}

/** One section for each pair of sides. */
export function comparisonSections({ comparisons }: ReportModel): string {
  return comparisons
    .map(({ id, title, overall, operations }) =>
      section(`pair-${id}`, title, `${tableHtml(overall)}\n${tableHtml(operations)}`),
    )
    .join('\n')
}

export function consistencySection({ consistency }: ReportModel): string {
  return section('consistency', 'Consistency', tableHtml(consistency))
}

/** What was run, on what, how it was measured, and how to do it again. */
export function methodSections({ circumstances, method, repeat }: ReportModel): string {
  const details = circumstances.map(
    ({ term, details: lines }) =>
      `<div><dt>${escapeHtml(term)}</dt>${lines.map((line) => `<dd>${escapeHtml(line)}</dd>`).join('')}</div>`,
  )
  const paragraphs = (lines: readonly string[]) =>
    lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')
  return [
    section('run', 'What was run', `<dl class="run">${details.join('\n')}</dl>`),
    section('method', 'How it was measured', paragraphs(method)),
    section(
      'again',
      'Run it again',
      `<pre tabindex="0" role="group" aria-label="Command"><code>${escapeHtml(repeat.command)}</code></pre>\n${paragraphs(repeat.notes)}`,
    ),
  ].join('\n')
}

/** A titled part of the page. */
export function section(id: string, title: string, content: string): string {
  const heading = `${escapeHtml(id)}-heading`
  return `<section id="${escapeHtml(id)}" aria-labelledby="${heading}">
<h2 id="${heading}">${escapeHtml(title)}</h2>
${content}
</section>`
}
