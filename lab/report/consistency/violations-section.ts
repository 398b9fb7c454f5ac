import type { Finding, Violation } from '../../consistency/check/index.ts'
import type { PlannedFault } from '../../history/operation.ts'
import { escapeHtml } from '../../page/escape.ts'
import { MEANINGS } from './meanings.ts'
import { timelineSvg } from './timeline.ts'
import { count, type Explained, operationLines, sentence, shortId, spaced } from './words.ts'

/**
 * What is violated, with a timeline for each example; the first of a cell stands open, further ones can be opened.
 *
 * @param promised whether to show what was promised, or what nobody did, of which one example is enough
 */
export function violationsSection(
  stores: readonly Explained[],
  names: readonly string[],
  promised: boolean,
): string {
  const parts = stores.flatMap(({ report, header }, at) => {
    const store = stores.length === 1 ? '' : `${names[at]}: `
    return report.findings
      .filter((one) => one.verdict === 'violated' && one.promised === promised)
      .map((finding) => findingHtml(finding, promised, `s${at}`, store, header.fault_windows ?? []))
  })
  if (parts.length === 0) return ''
  return `<section>
<h2>${promised ? 'What is violated' : 'Seen, and not promised'}</h2>
${parts.join('\n')}
</section>`
}

function findingHtml(
  { guarantee, read_mode: mode, violation_count: total, violations }: Finding,
  promised: boolean,
  id: string,
  store: string,
  windows: readonly PlannedFault[],
): string {
  const [first, ...others] = violations.map((violation, at) =>
    exampleHtml(
      violation,
      `${id}-${guarantee}-${mode}-${at}`,
      `${store}${spaced(guarantee)}, ${mode}${mode === 'changes' ? '' : ' reads'}, ${at + 1} of ${total.toLocaleString('en-US')}`,
      windows,
    ),
  )
  if (first === undefined) return ''
  if (!promised || others.length === 0) return first
  const more = count(others.length, 'more example')
  return `${first}
<details><summary>${more} of ${store}${spaced(guarantee)}, ${mode}</summary>
${others.join('\n')}
</details>`
}

function exampleHtml(
  { anomaly, message, cart, operations }: Violation,
  id: string,
  where: string,
  windows: readonly PlannedFault[],
): string {
  const { title, shopper, cause } = MEANINGS[anomaly]
  const steps = operationLines(operations).map((line) => `<li>${escapeHtml(line)}</li>`)
  return `<article>
<h3>${escapeHtml(title)}</h3>
<p class="note">${escapeHtml(where)}; cart ${escapeHtml(shortId(cart))}</p>
<p><span class="bad">${escapeHtml(sentence(message))}</span></p>
<dl class="meaning"><dt>For a shopper</dt><dd>${escapeHtml(shopper)}</dd><dt>Usual cause</dt><dd>${escapeHtml(cause)}</dd></dl>
<p class="sideways">The drawing goes on sideways; the list under it says the same.</p>
<div class="drawing" tabindex="0" role="group" aria-label="Timeline: ${escapeHtml(title)}, ${escapeHtml(where)}">
${timelineSvg(`v-${id}`, title, operations, windows)}
</div>
<ol class="steps">${steps.join('')}</ol>
</article>`
}
