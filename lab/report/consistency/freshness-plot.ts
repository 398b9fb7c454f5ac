import type { Staleness } from '../../consistency/check/index.ts'
import { escapeHtml } from '../../page/escape.ts'

const WIDTH = 460
const HEIGHT = 240
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 14, 14, 46]

/**
 * P(fresh) against the time since the newest change was answered, with 95 % intervals: one dot in the middle of each
 * step, on a logarithmic axis of milliseconds.
 *
 * @param store for ids, which are unique in the page
 */
export function freshnessPlot({ read_mode, curve, statement }: Staleness, store: string): string {
  const id = `fresh-${store}-${read_mode}`
  const last = Math.log10(Math.max(10, ...curve.map(({ to_ms }) => to_ms)))
  const x = (ms: number) =>
    round(LEFT + ((WIDTH - LEFT - RIGHT) * Math.max(0, Math.log10(Math.max(1, ms)))) / last)
  const y = (share: number | null) => round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (share ?? 0)))
  const points = curve.map(({ from_ms, to_ms, fresh }) => ({
    x: x(Math.sqrt(Math.max(1, from_ms) * to_ms)),
    fresh,
  }))
  const ticks = Array.from({ length: Math.floor(last) + 1 }, (_, power) => 10 ** power)
  return [
    `<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<title id="${id}-title">Freshness of ${read_mode} reads</title>`,
    `<desc id="${id}-desc">${escapeHtml(statement)}</desc>`,
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share)}" y2="${y(share)}" class="lane"/>`,
      `<text x="${LEFT - 6}" y="${y(share) + 4}" class="time" text-anchor="end">${share * 100} %</text>`,
    ]),
    ...ticks.map(
      (tick) =>
        `<text x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}" class="time" text-anchor="middle">${tick}</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" class="time" text-anchor="middle">ms since the newest change was answered (logarithmic)</text>`,
    `<polyline points="${points.map((point) => `${point.x},${y(point.fresh.share)}`).join(' ')}" class="curve"/>`,
    ...points.flatMap((point) => [
      `<line x1="${point.x}" x2="${point.x}" y1="${y(point.fresh.low)}" y2="${y(point.fresh.high)}" class="interval"/>`,
      `<circle cx="${point.x}" cy="${y(point.fresh.share)}" r="3" class="dot"/>`,
    ]),
    '</svg>',
  ].join('\n')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
