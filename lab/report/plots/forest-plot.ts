import type { Interval } from '../../stats/bootstrap.ts'
import { ratioText } from '../format.ts'
import { metricWords } from '../load/words.ts'
import { gridOf, shortened } from './frame.ts'
import { LABEL, ratioAxis, ruler, type symbol } from './style.ts'
import { drawSvg, type Label } from './svg.ts'

/** Ratios of times with their intervals, one below the other. */
export interface ForestPlot {
  readonly id: string
  readonly title: string
  /** What a ratio below 1 and one above 1 speak for: words and their colour. */
  readonly below: Direction
  readonly above: Direction
  /** What is divided by what. */
  readonly axis: string
  readonly rows: readonly ForestRow[]
  /** Ratios up to this share from 1 do not matter: 0.05. */
  readonly margin: number
  readonly warning: string | null
}

interface Direction {
  readonly words: string
  readonly color: string
}

export interface ForestRow {
  /** Such as `get_cart.p99`. */
  readonly name: string
  readonly ratio: number | null
  /** `null` where there are too few blocks for one. */
  readonly interval: Interval | null
  /** Of a verdict; `null` where there is none. */
  readonly color: string | null
  readonly symbol?: ReturnType<typeof symbol>
}

const ROW = 24
/** Characters that have room at one end, and on the axis for each of two names. */
const WORDS = 34
export const AXIS_NAME = 26

/** One row a figure: the ratio as a dot, its interval as a line, both as numbers, and the margin as a band behind them. */
export function forestPlot({ rows, margin, below, above, axis, ...plot }: ForestPlot): string {
  const measured = rows.filter(({ ratio }) => ratio !== null)
  const ends = measured.flatMap(({ ratio, interval }) => [
    ratio ?? 1,
    ...(interval === null ? [] : [interval.low, interval.high]),
  ])
  const scale = ratioAxis([...ends, 1 + margin, 1 / (1 + margin)])
  const frame = {
    width: 360,
    height: ROW * measured.length + 98,
    left: 92,
    right: 98,
    top: 34,
    bottom: 64,
  }
  const description = `${measured.map(describe).join('; ')}. Below 1: ${below.words}; above 1: ${above.words}.`
  const labels: Label[] = [
    directionLabel(below, 0, 'start'),
    directionLabel(above, frame.width, 'end'),
    ...measured.map((row, place): Label => {
      const y = frame.top + ROW * (place + 0.5) + 4
      const look = row.color === null ? {} : { color: row.color, bold: true }
      return { x: frame.width, y, text: numbers(row), anchor: 'end', ...look }
    }),
    { x: frame.width / 2, y: frame.height - 24, text: axis, anchor: 'middle' },
  ]
  return drawSvg(
    { ...frame, ...plot, description, labels },
    {
      grid: gridOf(frame),
      xAxis: scale.option(''),
      yAxis: {
        type: 'category',
        inverse: true,
        data: measured.map(({ name }) => {
          const { short, statistic } = metricWords(name)
          return `${short}  ${SHORT[statistic] ?? statistic}`
        }),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { ...LABEL, color: 'var(--ink)' },
      },
      series: [
        band(margin),
        ruler({ xAxis: 0 }, { type: 'solid' }),
        ...measured.flatMap(rowSeries),
      ],
    },
  )
}

const SHORT: Readonly<Record<string, string>> = { 'Time per operation': 'time each' }

function directionLabel({ words, color }: Direction, x: number, anchor: 'start' | 'end'): Label {
  return { x, y: 14, text: shortened(words, WORDS), anchor, color, bold: true }
}

/** Ratios that do not matter. */
function band(margin: number): object {
  const end = Math.log10(1 + margin)
  return {
    type: 'line',
    silent: true,
    data: [],
    lineStyle: { color: 'var(--muted)' },
    markArea: {
      silent: true,
      itemStyle: { color: 'var(--muted)', opacity: 0.14 },
      data: [[{ xAxis: -end }, { xAxis: end }]],
    },
  }
}

function rowSeries({ ratio, interval, color, symbol = 'circle' }: ForestRow, place: number) {
  if (ratio === null) return []
  const line = color ?? 'var(--muted)'
  const ends = interval === null ? [] : [interval.low, interval.high]
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color: line, width: 2 },
      data: ends.map((end) => [Math.log10(end), place]),
    },
    {
      type: 'scatter',
      silent: true,
      symbol,
      symbolSize: 9,
      itemStyle: {
        color: color ?? 'var(--paper)',
        borderColor: line,
        borderWidth: 2,
        opacity: 1,
      },
      data: [[Math.log10(ratio), place]],
    },
  ]
}

/** `1.69 (1.55–1.78)`. */
function numbers({ ratio, interval }: ForestRow): string {
  const middle = ratioText(ratio ?? 1)
  return interval === null
    ? middle
    : `${middle} (${ratioText(interval.low)}–${ratioText(interval.high)})`
}

function describe(row: ForestRow): string {
  const { title, statistic } = metricWords(row.name)
  const none = row.interval === null ? ' (no interval)' : ''
  return `${title} ${statistic} ${numbers(row).replace('–', ' to ')}${none}`
}
