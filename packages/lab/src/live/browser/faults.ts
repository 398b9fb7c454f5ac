import { html, nothing } from 'lit-html'
import type { FaultInfo, SideInfo } from '../protocol.ts'
import { hello, isLive, latest, setFault, sides } from './state.ts'

/** Faults, as switches for each side. */
export function faultsView() {
  const faults = hello.value?.faults ?? []
  return html`<section id="faults" aria-labelledby="faults-title">
    <h2 id="faults-title">Faults</h2>
    <p class="lead">${isLive() ? 'Break something and watch the checker. Nothing acknowledged may be lost.' : 'The faults that were on at this moment of the recording.'}</p>
    <ul class="faults">
      ${faults.map(
        (fault) =>
          html`<li>
            <div><strong>${fault.title}</strong><p>${fault.effect}</p></div>
            <div class="switches" role="group" aria-label=${fault.title}>${sides().map((side) => control(fault, side))}</div>
          </li>`,
      )}
    </ul>
  </section>`
}

function control(fault: FaultInfo, side: SideInfo) {
  const reason = fault.unavailable[side.key]
  const on = latest.value?.sides[side.key]?.faults.includes(fault.id) === true
  const place = sides().findIndex(({ key }) => key === side.key) + 1
  if (reason !== undefined) return html`<p class="unavailable">${side.label}: ${reason}</p>`
  const once = fault.kind === 'once'
  return html`<button
    type="button" class="switch side-${place}" data-fault=${fault.id} data-side=${side.key}
    aria-pressed=${once ? nothing : String(on)}
    ?disabled=${!isLive() || (once && on)}
    @click=${() => setFault(fault.id, side.key, once || !on)}
  >${side.label}${once && on ? ' (restarting)' : ''}<span class="hidden">: ${fault.title}</span></button>`
}
