import type { Operation, PlannedFault } from '../../../packages/histories/src/index.ts'
import { escapeHtml } from '../../page/escape.ts'
import { ms, operationText, productsIn, spaced } from './words.ts'

const WIDTH = 760
const LEFT = 92
const RIGHT = 24
const TOP = 34
const ROW = 40
const BOTTOM = 34

/**
 * SVG timeline of a violation: a lane for each session and a span from call to return for each operation, open-ended if
 * there was no response. The axis spaces all calls and returns evenly in their order, because the operations of a
 * violation can take microseconds and be seconds apart.
 *
 * @param id unique in the page
 */
export function timelineSvg(
  id: string,
  title: string,
  operations: readonly Operation[],
  windows: readonly PlannedFault[],
): string {
  const axis = axisOf(operations)
  const products = productsIn(operations)
  const textOf = (operation: Operation) => operationText(operation, products)
  const lanes = [...Map.groupBy(operations, ({ session }) => session)]
  const height = TOP + operations.length * ROW + BOTTOM
  const bottom = height - BOTTOM
  const parts = [
    ...bandsOf(windows, axis, bottom),
    ...lanesOf(lanes, axis, bottom, textOf),
    ...pointOf(operations, axis, bottom),
    axisText(axis, bottom),
  ]
  const description = operations.map((operation) => `${operation.session}: ${textOf(operation)}.`)
  return [
    `<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${WIDTH} ${height}" class="timeline">`,
    `<title id="${id}-title">${escapeHtml(title)}</title>`,
    `<desc id="${id}-desc">${escapeHtml(description.join(' '))}</desc>`,
    ...parts,
    '</svg>',
  ].join('\n')
}

interface Axis {
  readonly start: number
  readonly end: number
  /** Horizontal position of a time, in units of the viewBox. */
  at(time: number): number
}

function axisOf(operations: readonly Operation[]): Axis {
  const moments = operations.flatMap(({ call, return: end, status }) =>
    status === 'info' ? [call] : [call, end],
  )
  const times = [...new Set(moments)].sort((a, b) => a - b)
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, times.length)
  const [start = 0] = times
  const end = times.at(-1) ?? start
  return {
    start,
    end,
    at(time) {
      if (time <= start) return LEFT
      if (time > end) return WIDTH - RIGHT
      const after = times.findIndex((moment) => moment >= time)
      const [before = 0, next = 1] = [times[after - 1], times[after]]
      return LEFT + room * (after - 1 + (time - before) / (next - before))
    },
  }
}

function lanesOf(
  lanes: readonly [string, Operation[]][],
  axis: Axis,
  bottom: number,
  textOf: (operation: Operation) => string,
): string[] {
  const parts: string[] = []
  let row = 0
  for (const [session, own] of lanes) {
    const top = TOP + row * ROW
    parts.push(
      `<line x1="8" x2="${WIDTH - 8}" y1="${top}" y2="${top}" class="lane"/>`,
      `<text x="8" y="${top + 24}" class="who">${escapeHtml(session)}</text>`,
    )
    for (const operation of own)
      parts.push(...spanOf(operation, axis, TOP + row++ * ROW, textOf(operation)))
  }
  parts.push(`<line x1="8" x2="${WIDTH - 8}" y1="${bottom}" y2="${bottom}" class="lane"/>`)
  return parts
}

function spanOf(operation: Operation, axis: Axis, top: number, text: string): string[] {
  const { call, return: end, status, faults } = operation
  const from = axis.at(call)
  const open = status === 'info'
  const to = open ? WIDTH - 8 : Math.max(from + 3, axis.at(end))
  const y = top + 24
  const during = faults === undefined ? '' : ` [${faults.map(spaced).join(', ')}]`
  // Text from the right half is aligned to the right, so that it stays inside the plot.
  const late = from > WIDTH / 2
  // At a distance from the vertical line.
  const place = late ? `x="${Math.max(to - 5, LEFT)}" text-anchor="end"` : `x="${from}"`
  return [
    `<rect x="${round(from)}" y="${y}" width="${round(to - from)}" height="8" rx="2" class="span ${status}"/>`,
    `<text ${place} y="${top + 17}" class="what">${escapeHtml(text + during)}</text>`,
  ]
}

/**
 * The point after which no valid ordering exists. The example is minimal: without any one of its operations, an ordering
 * exists. The contradiction is therefore complete at the last response.
 */
function pointOf(operations: readonly Operation[], axis: Axis, bottom: number): string[] {
  const last = Math.max(
    ...operations.map(({ status, call, return: end }) => (status === 'info' ? call : end)),
  )
  const x = round(axis.at(last))
  return [
    `<line x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${bottom}" class="point"/>`,
    `<text x="${x}" y="${TOP - 16}" class="point-text" text-anchor="${x > WIDTH / 2 ? 'end' : 'start'}">no valid ordering exists beyond this point</text>`,
  ]
}

function bandsOf(windows: readonly PlannedFault[], axis: Axis, bottom: number): string[] {
  const met = windows.filter(({ from, to }) => from <= axis.end && to >= axis.start)
  let labelled = 0
  return met.flatMap(({ fault, from, to }) => {
    const [left, right] = [axis.at(from), axis.at(to)]
    if (right - left < 1) return []
    const rect = `<rect x="${round(left)}" y="${TOP}" width="${round(right - left)}" height="${bottom - TOP}" class="fault"><title>${escapeHtml(spaced(fault))}</title></rect>`
    // There can be dozens of faults between two operations: only names that fit are shown.
    const name = spaced(fault)
    const end = left + 3 + name.length * LETTER
    if (left < labelled || end > WIDTH) return [rect]
    labelled = end
    return [
      rect,
      `<text x="${round(left + 3)}" y="${bottom + 12}" class="fault-text">${escapeHtml(name)}</text>`,
    ]
  })
}

/** Average width of a character. */
const LETTER = 6

function axisText({ start, end, at }: Axis, bottom: number): string {
  const y = bottom + 26
  return [
    `<text x="${LEFT}" y="${y}" class="time">0 ms</text>`,
    `<text x="${round(at(end))}" y="${y}" class="time" text-anchor="end">${ms(end - start)}; time is not to scale</text>`,
  ].join('\n')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
