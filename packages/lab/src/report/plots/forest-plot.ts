import { ratioAxis } from '../../page/plot/axes.ts'
import { panel, shortened } from '../../page/plot/frame.ts'
import { dots, LABEL, line, ruler, type symbol } from '../../page/plot/series.ts'
import { drawSvg, type Label } from '../../page/plot/svg.ts'
import type { Interval } from '../../stats/bootstrap.ts'
import { ratioText } from '../format.ts'
import { metricWords } from '../performance/words.ts'

/** Ratios of times with their confidence intervals, one below the other. */
export interface ForestPlot {
  readonly id: string
  readonly title: string
  /** What ratios below and above 1 mean. */
  readonly below: Direction
  readonly above: Direction
  /** What is divided by what. */
  readonly axis: string
  readonly rows: readonly ForestRow[]
  /** Equivalence margin as a share: 0.05. */
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
  /** `null` with too few blocks. */
  readonly interval: Interval | null
  /** Colour of the verdict; `null` without one. */
  readonly color: string | null
  readonly symbol?: ReturnType<typeof symbol>
}

const ROW = 24
/** Maximum number of characters at one end, and on the axis for each of two names. */
const WORDS = 34
export const AXIS_NAME = 26

/** A row for each figure: the ratio as a dot, its interval as a line, both as numbers, over the equivalence margin. */
export function forestPlot({ rows, margin, below, above, axis, ...plot }: ForestPlot): string {
  const measured = rows.filter(({ ratio }) => ratio !== null)
  const ends = measured.flatMap(({ ratio, interval }) => [
    ratio ?? 1,
    ...(interval === null ? [] : [interval.low, interval.high]),
  ])
  const frame = panel(ROW * measured.length + 98, { left: 92, right: 98, top: 34, bottom: 64 })
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
      xAxis: ratioAxis([...ends, 1 + margin, 1 / (1 + margin)]),
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

const SHORT: Readonly<Record<string, string>> = { 'Time per operation': 'time/op' }

function directionLabel({ words, color }: Direction, x: number, anchor: 'start' | 'end'): Label {
  return { x, y: 14, text: shortened(words, WORDS), anchor, color, bold: true }
}

/** The equivalence margin. */
function band(margin: number): object {
  const end = Math.log10(1 + margin)
  const markArea = {
    silent: true,
    itemStyle: { color: 'var(--muted)', opacity: 0.14 },
    data: [[{ xAxis: -end }, { xAxis: end }]],
  }
  return line([], { color: 'var(--muted)' }, { markArea })
}

function rowSeries(
  { ratio, interval, color, symbol = 'circle' }: ForestRow,
  place: number,
): object[] {
  if (ratio === null) return []
  const border = color ?? 'var(--muted)'
  const ends = interval === null ? [] : [interval.low, interval.high]
  return [
    line(
      ends.map((end) => [Math.log10(end), place]),
      { color: border, width: 2 },
    ),
    dots([[Math.log10(ratio), place]], {
      symbol,
      size: 9,
      color: color ?? 'var(--paper)',
      border,
      borderWidth: 2,
    }),
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
