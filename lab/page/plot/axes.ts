import { GRID_LINE, LABEL } from './series.ts'

/** A logarithmic axis. */
export interface LogAxis {
  /** Ends of the axis as powers of ten. */
  readonly min: number
  readonly max: number
  /** Positions of the ticks as powers of ten. */
  readonly ticks: readonly number[]
}

/** The distance between ticks at 2 and 5: an axis at least this long contains a tick. */
const WIDEST_GAP = 0.4

/** An axis that spans all values with a little room at both ends; ticks at 1, 2 and 5 times powers of ten. */
export function logAxis(values: readonly number[]): LogAxis {
  const logs = values.map(log10)
  const lowest = logs.length === 0 ? 0 : Math.min(...logs)
  const highest = logs.length === 0 ? 1 : Math.max(...logs)
  const span = highest - lowest
  const room = Math.max(span * 0.04, 0.05, (WIDEST_GAP - span) / 2)
  const [min, max] = [lowest - room, highest + room]
  const at = (steps: readonly number[]) =>
    powers(min, max)
      .flatMap((power) => steps.map((step) => power + Math.log10(step)))
      .filter((tick) => tick >= min && tick <= max)
  const usual = at([1, 2, 5])
  const inside = usual.length >= 3 ? usual : at([1, 1.5, 2, 3, 4, 5, 6, 8])
  const ticks = inside.length > 7 ? inside.filter(isPowerOfTen) : inside
  return { min, max, ticks }
}

/** The logarithm of a time; times below the resolution of the records count as that resolution. */
export function log10(milliseconds: number): number {
  return Math.log10(Math.max(milliseconds, 0.01))
}

/** Text of a tick, for example `0.5` or `20`. */
export function tickText(log: number): string {
  return countText(10 ** log)
}

/** `1.2 M`, `30,000`: a number rounded to two digits. */
export function countText(value: number): string {
  const short = Number(value.toPrecision(2))
  return short >= 1e6 ? `${short / 1e6} M` : short.toLocaleString('en-US')
}

function powers(min: number, max: number): number[] {
  const first = Math.floor(min)
  return Array.from({ length: Math.ceil(max) - first + 1 }, (_, i) => first + i)
}

function isPowerOfTen(log: number): boolean {
  return Math.abs(log - Math.round(log)) < 1e-9
}

interface AxisLook {
  readonly format?: (position: number) => string
  readonly fontSize?: number
  readonly grid?: boolean
  /** Maximum number of ticks with text; above it, every other tick has none. */
  readonly most?: number
}

/** A horizontal axis with its name centred below. */
export function xAxis(axis: LogAxis, name: string, look: AxisLook = {}): object {
  const { fontSize = LABEL.fontSize, grid = false } = look
  return {
    ...axisOption(axis, look),
    name,
    nameLocation: 'middle',
    nameGap: 15 + fontSize,
    nameTextStyle: { ...LABEL, fontSize },
    splitLine: grid ? GRID_LINE : { show: false },
  }
}

/** A vertical axis with its name above the upper end and grid lines at the ticks. */
export function yAxis(axis: LogAxis, name: string, look: AxisLook & { gap?: number } = {}): object {
  const { fontSize = LABEL.fontSize, gap = 8 } = look
  return {
    ...axisOption(axis, look),
    name,
    nameLocation: 'end',
    nameGap: gap,
    nameTextStyle: { ...LABEL, fontSize, align: 'left' },
    splitLine: GRID_LINE,
  }
}

function axisOption({ min, max, ticks }: LogAxis, look: AxisLook): object {
  const { format = tickText, fontSize = LABEL.fontSize, most = ticks.length } = look
  const labelled = ticks.length > most ? ticks.filter((_, place) => place % 2 === 0) : ticks
  return {
    type: 'value',
    min,
    max,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: { ...LABEL, fontSize, customValues: labelled, formatter: format },
  }
}

/** The horizontal axis of a plot of response times. */
export function timeAxis(axis: LogAxis): object {
  return xAxis(axis, 'response time, ms (log scale)', { grid: true })
}

/** Name of a vertical axis of response times. */
export const MS = 'ms (log scale)'

/** A vertical axis from 0 to 100 %. */
export function shareAxis(): object {
  return {
    type: 'value',
    min: 0,
    max: 100,
    interval: 25,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...LABEL, formatter: '{value} %' },
    splitLine: GRID_LINE,
  }
}

/** A vertical axis of rows, 0 at the top; invisible. */
export function rowAxis(rows: number): object {
  return { type: 'value', inverse: true, min: 0, max: rows, show: false }
}

/** A logarithmic axis of ratios that includes 1. */
export function ratioAxis(ratios: readonly number[]): object {
  const logs = [0, ...ratios.map(Math.log10)]
  const [lowest, highest] = [Math.min(...logs), Math.max(...logs)]
  const room = Math.max(0.02, (highest - lowest) * 0.05)
  const [min, max] = [lowest - room, highest + room]
  const format = (log: number) => String(Number((10 ** log).toPrecision(3)))
  return xAxis({ min, max, ticks: ratioTicks(min, max) }, '', { format })
}

const STEPS: readonly (readonly number[])[] = [
  [0.95, 0.975, 1, 1.025, 1.05],
  [0.8, 0.9, 1, 1.1, 1.2],
  [0.6, 0.8, 1, 1.2, 1.4, 1.6],
  [0.4, 0.6, 0.8, 1, 1.5, 2, 2.5],
  [0.1, 0.2, 0.5, 1, 2, 5, 10],
  [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
  [1e-6, 1e-4, 0.01, 1, 100, 1e4, 1e6],
]

/** Minimum distance between two ticks as a share of the axis: closer, their texts would touch. */
const LEAST_GAP = 0.11

/** Familiar ratios as powers of ten: the finest steps that fit with at most six ticks. */
function ratioTicks(min: number, max: number): number[] {
  const all = STEPS.map((steps) =>
    steps.map(Math.log10).filter((tick) => tick >= min && tick <= max),
  )
  const span = max - min
  const fits = all.find((ticks) => {
    const reach = Math.max(...ticks) - Math.min(...ticks)
    const gaps = ticks.slice(1).map((tick, place) => tick - (ticks[place] ?? 0))
    const legible = gaps.every((gap) => gap > span * LEAST_GAP)
    return ticks.length <= 6 && ticks.length >= 3 && reach > span / 2 && legible
  })
  return fits ?? all.find((ticks) => ticks.length <= 6) ?? [0]
}
