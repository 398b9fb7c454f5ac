import { html, nothing, type TemplateResult } from 'lit-html'
import type { SideInfo } from '../protocol.ts'
import { sides } from './state.ts'

/** The name of a side with its mark; the emulator is named wherever its times are shown. */
export function sideName(side: SideInfo): TemplateResult {
  const place = sides().findIndex(({ key }) => key === side.key) + 1
  return html`<span class="side side-${place}">${side.label}</span
    >${side.emulator ? html` <span class="tag inline">emulator: not DynamoDB performance</span>` : nothing}`
}

/** A column for each side. */
export function eachSide(view: (side: SideInfo) => unknown): TemplateResult {
  return html`<div class="sides">
    ${sides().map((side, at) => html`<div class="column column-${at + 1}">${view(side)}</div>`)}
  </div>`
}

export function figures(
  list: readonly (readonly [name: string, value: unknown])[],
): TemplateResult {
  return html`<dl class="figures">
    ${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`
}
