import type { OperationSamples, ReportModel, ReportSide } from '../model.ts'
import { type LogAxis, logAxis } from '../plots/log-axis.ts'
import { sharePlot } from '../plots/share-plot.ts'
import { stripPlot } from '../plots/strip-plot.ts'
import { escapeHtml } from './escape.ts'
import { section } from './sections.ts'
import { notesHtml, tableHtml } from './table.ts'

/** The latency distributions: drawn twice, and once as a table. */
export function plotsSection({ sides, distributions }: ReportModel): string {
  const { operations, percentiles, notes } = distributions
  // One axis for all, so that operations can be compared as well as sides.
  const axis = logAxis(operations.flatMap(({ samples }) => samples.flat()))
  const draw = (
    plot: (sides: readonly ReportSide[], of: OperationSamples, axis: LogAxis) => string,
  ) =>
    panels(
      operations.map((operation) => [operation.title, plot(sides, operation, axis)]),
      notes,
    )
  return section(
    'times',
    'Response times',
    `<h3>Every answer</h3>
<p>Each dot is one answer. The bar spans the middle half of them, the line is the median. Further left is faster; equal distances are equal ratios.</p>
${draw(stripPlot)}
<h3>How many answers came within a given time</h3>
<p>A line that rises further left is faster. Where it reaches 50 % is the median; the flat end at the top is the slow tail.</p>
${legend(sides)}
${draw(sharePlot)}
<details><summary>The same as a table</summary>
${tableHtml(percentiles)}
</details>`,
  )
}

function panels(plots: readonly (readonly [string, string])[], notes: readonly string[]): string {
  const figures = plots.map(
    ([title, svg]) => `<figure><figcaption>${escapeHtml(title)}</figcaption>\n${svg}\n</figure>`,
  )
  return `<div class="panels">\n${figures.join('\n')}\n</div>\n${notesHtml(notes)}`
}

function legend(sides: readonly ReportSide[]): string {
  const entries = sides.map(
    ({ label }, place) =>
      `<li><svg class="key" aria-hidden="true" viewBox="0 0 30 10"><path class="key-${place + 1}" d="M1 5H29"/></svg>${escapeHtml(label)}</li>`,
  )
  return `<ul class="legend">${entries.join('')}</ul>`
}
