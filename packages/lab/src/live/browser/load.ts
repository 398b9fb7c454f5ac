import { html, nothing } from 'lit-html'
import { BUCKETS } from '../buckets.ts'
import type { SideFrame, SideInfo } from '../protocol.ts'
import { count, digits, duration, megabytes, optional } from './format.ts'
import { eachSide, figures, sideName } from './parts.ts'
import type { Series } from './series.ts'
import { hello, isLive, latest, setLoad, sides, tick, timeline } from './state.ts'

/** The load, and what it does to both sides. */
export function loadView() {
  // The timeline is no signal: its views depend on the number of frames.
  void tick.value
  const first = sides()[0]
  const now = first === undefined ? undefined : latest.value?.sides[first.key]
  const shoppers = now?.shoppers ?? 0
  return html`<section id="load" aria-labelledby="load-title">
    <h2 id="load-title">Load</h2>
    <p class="lead">Shoppers share carts in families of three and act at the same moment. Each sends about one request per second, to both services.</p>
    ${isLive() ? controls(shoppers, now?.mix ?? '') : html`<p class="lead">Recorded with ${count(shoppers)} shoppers per service, mix: ${now?.mix ?? ''}.</p>`}
    <div class="throughput">
      <h3 id="rate-title">Acknowledged operations per second, last minute</h3>
      <div id="throughput" role="img" aria-labelledby="rate-title"></div>
    </div>
    ${eachSide(sideLoad)}
    ${costLine()}
  </section>`
}

/** Slider positions are steps of a scale with more room for few shoppers. */
const STEPS = [0, 3, 6, 12, 30, 60, 90, 150, 300, 450, 600, 900, 1200, 1500, 2000]

function controls(shoppers: number, mix: string) {
  const most = hello.value?.max_shoppers ?? 0
  const steps = STEPS.filter((step) => step <= most)
  const at = steps.findLastIndex((step) => step <= shoppers)
  const chosen = mix || (hello.value?.mixes[0] ?? '')
  return html`<div class="controls">
    <label>Shoppers per service
      <input
        type="range" min="0" max=${steps.length - 1} step="1" .value=${String(at)}
        aria-valuetext=${`${shoppers} shoppers`}
        @change=${(event: Event) => setLoad(steps[Number((event.target as HTMLInputElement).value)] ?? 0, chosen)}
      />
      <output>${count(shoppers)}</output>
    </label>
    <label>They are
      <select @change=${(event: Event) => setLoad(shoppers, (event.target as HTMLSelectElement).value)}>
        ${hello.value?.mixes.map((name) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
      </select>
    </label>
  </div>`
}

function sideLoad(side: SideInfo) {
  const series = timeline.series(side.key)
  return html`<h3>${sideName(side)}</h3>
    ${speed(series)}
    <div class="heat">
      <div class="scale" aria-hidden="true">${[1000, 100, 10, 1, 0.1].map((ms) => html`<span>${duration(ms)}</span>`)}</div>
      <canvas
        class="heat-map" data-side=${side.key} width="240" height=${BUCKETS}
        role="img" aria-label=${heatText(side, series)}
      ></canvas>
    </div>
    <p class="note">Latency over the last minute, logarithmic; the darker, the more requests. Lines: median and P99.</p>
    ${errorsOf(series.latest)} ${resourcesOf(side, series.latest)}`
}

function heatText({ label }: SideInfo, { p50, p99 }: Series): string {
  return `Latency of ${label} over the last minute: median ${duration(p50)}, P99 ${duration(p99)}`
}

function speed({ ok, p50, p95, p99, refused, unknown }: Series) {
  return figures([
    ['per second', digits(ok)],
    ['median', duration(p50)],
    ['P95', duration(p95)],
    ['P99', duration(p99)],
    ['rejected per s', digits(refused)],
    ['unknown per s', digits(unknown)],
  ])
}

const SHOWN_ERRORS = 4

function errorsOf(frame: SideFrame | null) {
  const codes = Object.entries(frame?.errors ?? {})
    .sort((a, b) => b[1] - a[1])
    .slice(0, SHOWN_ERRORS)
  return html`<p class="codes">${codes.length === 0 ? nothing : codes.map(([code, times]) => html`<code>${code}</code> ${times} `)}</p>`
}

function resourcesOf(side: SideInfo, frame: SideFrame | null) {
  const use = frame?.use
  const units: [string, unknown][] =
    side.store === 'dynamodb'
      ? [
          ['read units per s', optional(use?.read_units)],
          ['write units per s', optional(use?.write_units)],
        ]
      : [['connections', optional(use?.connections)]]
  const bill = use?.bill
  return figures([
    ['service CPU', optional(use?.service_cpu, ' cores')],
    [
      'database CPU',
      side.emulator
        ? html`${optional(use?.database_cpu, ' cores')} <span class="muted">(emulator)</span>`
        : optional(use?.database_cpu, ' cores'),
    ],
    ['service memory', megabytes(use?.service_memory)],
    ['database memory', megabytes(use?.database_memory)],
    ...units,
    [
      'per month at this rate',
      bill == null
        ? '–'
        : html`$${digits(bill.usd_per_month)} <span class="muted">${bill.basis}</span>`,
    ],
  ])
}

function costLine() {
  const cost = latest.value?.cost
  const prices = hello.value?.prices
  const proxies = Object.values(latest.value?.sides ?? {}).some(({ faults }) => faults.length > 0)
  // Of services without load, every share is large.
  const loaded = Object.values(latest.value?.sides ?? {}).some(({ ok }) => ok > 0)
  const share =
    cost == null || !loaded || cost.measured_cores === 0
      ? ''
      : ` (${digits((100 * cost.page_cores) / cost.measured_cores)} % of what services and databases use)`
  return html`<p class="note">
    ${
      cost == null
        ? nothing
        : html`The page${proxies ? ' and the proxies that inject faults use' : ' uses'} ${digits(cost.page_cores)} cores${share}, shoppers and checker ${digits(cost.load_cores)}. `
    }
    Monthly costs are of the requests or instances alone; prices ${prices}.
  </p>`
}
