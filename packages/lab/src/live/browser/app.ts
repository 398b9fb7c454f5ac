import { html, nothing } from 'lit-html'
import type { SideFrame } from '../protocol.ts'
import { checksView } from './checks.ts'
import { faultsView } from './faults.ts'
import { clock } from './format.ts'
import { loadView } from './load.ts'
import { movingView } from './moving.ts'
import { sideName } from './parts.ts'
import { shopView } from './shop.ts'
import { connected, ended, hello, isLive, latest, problem, save, saved, sides } from './state.ts'
import { tourView } from './tour.ts'

/** The whole page. */
export function appView() {
  return html`
    <a class="skip" href="#main">Skip to the shop</a>
    <header>
      <div>
        <h1>One shop, two databases</h1>
        <p class="legend-line">
          ${sides().map((side) => html`<span>${sideName(side)} <span class="muted">${side.product}</span></span>`)}
        </p>
      </div>
      <div class="clock">
        ${latest.value === null ? nothing : html`<span class="muted">${isLive() ? '' : 'recording, '}${clock(latest.value.at)}</span>`}
        ${isLive() ? html`<button type="button" @click=${save}>Save what you saw</button>` : nothing}
        ${ended.value ? html`<button type="button" @click=${() => location.reload()}>Play again</button>` : nothing}
      </div>
    </header>
    <main id="main" tabindex="-1">
      ${banner()} ${savedView()}
      ${hello.value === null ? nothing : html`${tourView()} ${shopView()} ${loadView()} ${faultsView()} ${checksView()} ${movingView()}`}
    </main>
  `
}

function banner() {
  const labels = (is: (frame: SideFrame) => boolean) =>
    sides()
      .filter(({ key }) => {
        const frame = latest.value?.sides[key]
        return frame !== undefined && is(frame)
      })
      .map(({ label }) => label)
      .join(' and ')
  const down = labels(({ up }) => !up)
  const silent = labels(({ responds }) => responds === false)
  const text = !connected.value
    ? 'The page is not connected: `pushcart live` has ended, or is starting.'
    : (problem.value ??
      (down !== ''
        ? `${down}: the database is restarting.`
        : silent !== ''
          ? `${silent}: the service does not respond.`
          : null))
  return html`<div role="alert">${text === null ? nothing : html`<p class="banner">${text}</p>`}</div>`
}

function savedView() {
  const { value } = saved
  return html`<div role="status">
    ${
      value === null
        ? nothing
        : html`<div class="saved"><p>Saved to <code>${value.folder}</code>. To see it again, and to check the operations:</p>
          <pre>${value.commands.join('\n')}</pre></div>`
    }
  </div>`
}
