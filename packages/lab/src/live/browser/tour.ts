import { signal } from '@preact/signals-core'
import { html, nothing } from 'lit-html'
import { attempt, isLive, sides } from './state.ts'
import { TOUR } from './tour-steps.ts'

/** The step that is shown, from 1; 0 for none. */
export const step = signal(stepIn(location.hash))
const running = signal(false)

export function followHash(): void {
  addEventListener('hashchange', () => {
    if (location.hash.startsWith('#step-')) step.value = stepIn(location.hash)
  })
}

function stepIn(hash: string): number {
  const number = Number(/^#step-(\d{1,2})$/.exec(hash)?.[1] ?? 0)
  return number <= TOUR.length ? number : 0
}

function go(to: number): void {
  location.hash = `step-${to}`
}

/** The tour: one step at a time, with links between them. */
export function tourView() {
  if (!isLive()) return nothing
  const current = TOUR[step.value - 1]
  if (current === undefined)
    return html`<nav class="tour" aria-label="Tour">
      <p><strong>New here?</strong> Ten steps show how the two databases differ.</p>
      <button type="button" @click=${() => go(1)}>Start the tour</button>
    </nav>`
  const number = step.value
  return html`<nav class="tour" aria-label="Tour">
    <p class="kicker">Step ${number} of ${TOUR.length}</p>
    <h2>${current.title}</h2>
    <p>${current.text}</p>
    <p><strong>Watch:</strong> ${current.watch}</p>
    ${sides().some((side) => !side.own) ? html`<p class="note">Faults are injected only into services that the lab started.</p>` : nothing}
    <div class="actions">
      <button type="button" class="primary" ?disabled=${running.value} @click=${() => run(number)}>${running.value ? 'Running …' : current.button}</button>
      <button type="button" ?disabled=${number === 1} @click=${() => go(number - 1)}>Back</button>
      <button type="button" ?disabled=${number === TOUR.length} @click=${() => go(number + 1)}>Next</button>
      <button type="button" @click=${() => {
        history.replaceState(null, '', location.pathname + location.search)
        step.value = 0
      }}>End the tour</button>
    </div>
  </nav>`
}

async function run(number: number): Promise<void> {
  const current = TOUR[number - 1]
  if (current === undefined) return
  running.value = true
  await attempt(() => current.run())
  running.value = false
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  document
    .getElementById(current.look)
    ?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' })
}
