import { html, nothing } from 'lit-html'
import type { FindingEvent, SideInfo } from '../protocol.ts'
import { drawing } from './drawing.ts'
import { clock, count, duration, many } from './format.ts'
import { eachSide, figures, sideName } from './parts.ts'
import { findings, latest, sides } from './state.ts'

/** What the consistency checker says of the carts that shoppers have finished. */
export function checksView() {
  return html`<section id="checks" aria-labelledby="checks-title">
    <h2 id="checks-title">What the checker says</h2>
    <p class="lead">When a family has finished with a cart, all its operations are checked for nine guarantees, and its last read is compared with every acknowledged change.</p>
    ${eachSide(verdictOf)}
    ${findings.value.length === 0 ? nothing : html`<h3 class="findings-title">Violations</h3>${findings.value.slice(0, SHOWN).map(findingView)}`}
  </section>`
}

const SHOWN = 5

function verdictOf(side: SideInfo) {
  const frame = latest.value?.sides[side.key]
  const check = frame?.check
  if (check === undefined || check.carts === 0)
    return html`<h3>${sideName(side)}</h3><p class="none">No cart has been checked yet. Let some shoppers in.</p>`
  const good = check.lost === 0 && check.doubled === 0 && check.violations === 0
  const verdict = good
    ? `Nothing lost, nothing doubled in ${many(check.acknowledged, 'acknowledged change')}.`
    : `${many(check.lost, 'acknowledged change')} lost, ${many(check.doubled, 'unit')} doubled.`
  return html`<h3>${sideName(side)}</h3>
    <p class="verdict ${good ? 'good' : 'bad'}">${verdict}</p>
    ${figures([
      ['carts checked', count(check.carts)],
      ['operations', count(check.operations)],
      ['violations', count(check.violations)],
      ['stale eventual reads', `${count(check.stale_reads)} of ${count(check.eventual_reads)}`],
      ['oldest stale read', duration(check.stale_max_ms)],
      ['carts skipped', count(check.skipped)],
    ])}`
}

function findingView(finding: FindingEvent) {
  const side = sides().find(({ key }) => key === finding.side)
  return html`<article class="finding">
    <h4>${finding.title}</h4>
    <p class="muted">${side === undefined ? finding.side : sideName(side)}, at ${clock(finding.at)}</p>
    <p>${finding.message}</p>
    <p class="muted">Effect on shoppers: ${finding.effect}</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Timeline: ${finding.title}">${drawing(finding.svg)}</div>
    <details><summary>The operations</summary><ol>${finding.lines.map((line) => html`<li>${line}</li>`)}</ol></details>
  </article>`
}
