import { html, nothing, svg } from 'lit-html'
import type { MoveFrame } from '../protocol.ts'
import { count, duration, many, optional } from './format.ts'
import { figures } from './parts.ts'
import { WINDOW } from './series.ts'
import { hello, isLive, latest, move, moving, tick, timeline } from './state.ts'

const PHASES: Readonly<Record<MoveFrame['phase'], string>> = {
  stay: 'All carts are in PostgreSQL.',
  ready: 'All instances look into both databases; carts are still created in PostgreSQL.',
  moving: 'New carts are created in DynamoDB, and the mover brings the others one by one.',
  returning: 'New carts are created in PostgreSQL, and the mover returns the others one by one.',
  moved: 'The move is finished: every cart is served from DynamoDB alone.',
}

/** A shop whose carts move from one database to the other while shoppers use them. */
export function movingView() {
  const size = hello.value?.move
  if (size == null) return nothing
  // The timeline is no signal: its views depend on the number of frames.
  void tick.value
  const now = latest.value?.move ?? null
  return html`<section id="moving" aria-labelledby="moving-title">
    <h2 id="moving-title">Move carts from one database to the other</h2>
    <p class="lead">A third shop on new databases: ${count(size.carts)} carts and ${count(size.shoppers)} shoppers. <code>pushcart move</code> brings its carts from PostgreSQL to DynamoDB, ${count(size.per_second)} per second, while the shoppers go on.</p>
    ${isLive() ? buttons(now) : nothing} ${now === null ? nothing : openedView(now)}
  </section>`
}

function buttons(now: MoveFrame | null) {
  const idle = now !== null && now.action === null
  const phase = now?.phase
  const button = (
    name: string,
    action: Parameters<typeof move>[0],
    enabled: boolean,
    primary = false,
  ) =>
    html`<button
      type="button" class=${primary ? 'primary' : ''} data-move=${action}
      ?disabled=${!enabled || moving.value} @click=${() => move(action)}
    >${name}</button>`
  if (now === null) {
    const name = moving.value ? 'Opening the shop …' : 'Open the shop'
    return html`<div class="actions">${button(name, 'open', true, true)}</div>`
  }
  const atHome = phase === 'stay' || phase === 'ready'
  const all = phase === 'moving' && now.source === 0 && now.sealed === 0
  return html`<div class="actions">
    ${button(phase === 'moving' ? 'Continue the move' : 'Move to DynamoDB', 'start', idle && (atHome || (phase === 'moving' && !all)), atHome)}
    ${button('Move back', 'back', idle && (phase === 'moving' || phase === 'returning'))}
    ${button('Finish', 'finish', idle && all, all)}
    ${button('Close the shop', 'close', true)}
  </div>`
}

function openedView(now: MoveFrame) {
  const { ok, p50, p99 } = timeline.move()
  const { check } = now
  const good = check.lost === 0 && check.doubled === 0 && check.violations === 0
  const verdict = good
    ? `Nothing lost, nothing doubled in ${many(check.acknowledged, 'acknowledged change')}.`
    : `${many(check.lost, 'acknowledged change')} lost, ${many(check.doubled, 'unit')} doubled.`
  return html`<div class="column move">
    <p role="status"><strong class="phase">Phase <code>${now.phase}</code></strong> ${PHASES[now.phase]}</p>
    ${now.problem === null ? nothing : html`<p class="banner">The mover stopped: ${now.problem}</p>`}
    ${populations(now)}
    ${check.carts === 0 ? html`<p class="none">No cart has been checked yet.</p>` : html`<p class="verdict ${good ? 'good' : 'bad'}">${verdict}</p>`}
    ${figures([
      ['carts in PostgreSQL', count(now.source)],
      ['on their way', count(now.sealed)],
      ['carts in DynamoDB', count(now.destination)],
      ['carts moved per s', optional(now.per_second)],
      ['shoppers', count(now.shoppers)],
      ['operations per s', optional(ok)],
      ['median', duration(p50)],
      ['P99', duration(p99)],
    ])}
    <p class="note">Times include those of the DynamoDB emulator. The moved carts are compared one by one before they leave PostgreSQL.</p>
  </div>`
}

const HEIGHT = 100

/** Where the carts are, over the last minute: a stacked area. */
function populations({ source, destination }: MoveFrame) {
  const frames = timeline.frames()
  const points = frames.flatMap(({ move: then }, at) => {
    if (then == null) return []
    const all = Math.max(1, then.source + then.sealed + then.destination)
    const x = WINDOW - frames.length + at
    return [
      { x, in: (HEIGHT * then.source) / all, or: (HEIGHT * (then.source + then.sealed)) / all },
    ]
  })
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return nothing
  const up = (of: 'in' | 'or') =>
    [...points, { ...last, x: last.x + 1 }]
      .map((point) => `${point.x},${HEIGHT - point[of]}`)
      .join(' ')
  const down = (height: number) => `${last.x + 1},${height} ${first.x},${height}`
  const label = `Home of the carts over the last minute; now ${many(source, 'cart')} in PostgreSQL and ${many(destination, 'cart')} in DynamoDB`
  return html`<svg class="populations" viewBox="0 0 ${WINDOW} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${svg`<polygon class="at-2" points="${first.x},0 ${last.x + 1},0 ${last.x + 1},${HEIGHT} ${first.x},${HEIGHT}" />
      <polygon class="between" points="${up('or')} ${down(HEIGHT)}" />
      <polygon class="at-1" points="${up('in')} ${down(HEIGHT)}" />`}
    </svg>
    <p class="legend-line"><span class="side side-1">in PostgreSQL</span> <span class="side side-2">in DynamoDB</span> <span class="muted">last minute</span></p>`
}
