import { type LogAxis, tickText } from './log-axis.ts'

const DASHES: readonly ('solid' | number[])[] = ['solid', [7, 3], [2, 2]]

/** A side's accent colour: a CSS variable of the page, so that plots follow light and dark. */
export function accent(place: number): string {
  return `var(--side-${place + 1})`
}

/** A side's line style, so that the sides can be told apart without colour. */
export function dash(place: number): 'solid' | number[] {
  return DASHES[place] ?? 'solid'
}

const SYMBOLS = ['circle', 'rect', 'diamond'] as const

/** A side's mark, the same as beside its name. */
export function symbol(place: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[place] ?? 'circle'
}

/** The same as lengths, none for a whole line. */
export function dashOf(place: number): readonly number[] {
  const style = dash(place)
  return style === 'solid' ? [] : style
}

/** Text of axes. */
export const LABEL = { color: 'var(--muted)', fontSize: 11 }
/** The name of a vertical axis of times, above its upper end. */
export const MS_NAME = {
  name: 'ms (logarithmic)',
  nameLocation: 'end',
  nameGap: 8,
  nameTextStyle: { ...LABEL, align: 'left' },
}
/** Lines that are read past. */
export const GRID_LINE = { show: true, lineStyle: { color: 'var(--rule)' } }

/** A straight line through a plot at a place on one axis, which belongs to no data. */
export function ruler(
  at: { readonly xAxis: number } | { readonly yAxis: number },
  look: { readonly color?: string; readonly type?: 'solid' | number[] } = {},
): object {
  const { color = 'var(--muted)', type = [4, 3] } = look
  return {
    type: 'line',
    silent: true,
    data: [],
    lineStyle: { color },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color, type, width: 1 },
      data: [at],
    },
  }
}

/** The horizontal axis of every plot: response time on a logarithmic scale. */
export function timeAxis(axis: LogAxis): object {
  return {
    type: 'value',
    min: axis.min,
    max: axis.max,
    name: 'response time, ms (logarithmic)',
    nameLocation: 'middle',
    nameGap: 26,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: axis.ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
    splitLine: GRID_LINE,
  }
}

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

/** A logarithmic axis of ratios, 1 in it, for places given as powers of ten. */
export function ratioAxis(ratios: readonly number[]): {
  readonly min: number
  readonly max: number
  readonly option: (name: string) => object
} {
  const logs = [0, ...ratios.map(Math.log10)]
  const [lowest, highest] = [Math.min(...logs), Math.max(...logs)]
  const room = Math.max(0.02, (highest - lowest) * 0.05)
  const [min, max] = [lowest - room, highest + room]
  const ticks = ratioTicks(min, max)
  return {
    min,
    max,
    option: (name) => ({
      type: 'value',
      min,
      max,
      name,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
      axisLabel: {
        ...LABEL,
        customValues: ticks,
        formatter: (log: number) => String(Number((10 ** log).toPrecision(3))),
      },
      splitLine: { show: false },
    }),
  }
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

/** Of an axis, between two ticks: less, and their words would touch. */
const LEAST_GAP = 0.11

/** Ratios that people know, as powers of ten: the finest steps that fit, of which at most six are in sight. */
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
