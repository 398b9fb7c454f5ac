import { log10, logAxis } from './log-axis.ts'
import { accent, dash, GRID_LINE, LABEL } from './style.ts'
import { drawSvg } from './svg.ts'

/** Lines on two logarithmic axes. */
export interface LogLogPlot {
  readonly id: string
  readonly title: string
  /** Names of the axes. */
  readonly x: string
  readonly y: string
  readonly lines: readonly {
    readonly name: string
    /** Of its colour and dashes, as a side's. */
    readonly place: number
    readonly points: readonly (readonly [number, number])[]
  }[]
  /** Places on the horizontal axis to be marked. */
  readonly marks: readonly number[]
  /** A limit on the vertical axis. */
  readonly horizontal: number | null
  readonly warning: string
}

/** Draws the lines with their names above them, in their colours. */
export function logLogPlot(plot: LogLogPlot): string {
  const { id, title, x, y, lines, marks, horizontal, warning } = plot
  const points = lines.flatMap((line) => line.points)
  const across = logAxis(points.map(([at]) => at))
  const up = logAxis([
    ...points.map(([, value]) => value),
    ...(horizontal === null ? [] : [horizontal]),
  ])
  const shape = { id, width: 480, height: 300 + 16 * lines.length, title, warning }
  const description = `Lines for ${lines.map(({ name }) => name).join(', ')}; what they show is said in the sentences beside them.`
  const top = 30 + 16 * lines.length
  return drawSvg(
    { ...shape, description },
    {
      grid: { left: 62, right: 18, top, bottom: 58 },
      xAxis: {
        ...axis(across),
        name: x,
        nameLocation: 'middle',
        nameGap: 26,
        splitLine: { show: false },
      },
      yAxis: { ...axis(up), name: y, nameGap: 8, splitLine: GRID_LINE },
      series: [
        ...lines.map(({ points: own, place }) => ({
          type: 'line',
          silent: true,
          symbol: 'none',
          clip: false,
          lineStyle: { color: accent(place), width: 2, type: dash(place) },
          data: own.map(([at, value]) => [log10(at), log10(value)]),
        })),
        ...lines.map(({ name, place }, row) =>
          nameOf(name, place, across.max, up.max, 16 * (lines.length - row)),
        ),
        {
          type: 'line',
          silent: true,
          data: [],
          lineStyle: { color: 'var(--muted)' },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: 'var(--muted)', type: [4, 3], width: 1 },
            data: [
              ...marks.map((at) => ({ xAxis: log10(at) })),
              ...(horizontal === null ? [] : [{ yAxis: log10(horizontal) }]),
            ],
          },
        },
      ],
    },
  )
}

function axis({ min, max, ticks }: ReturnType<typeof logAxis>): object {
  return {
    type: 'value',
    min,
    max,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: {
      ...LABEL,
      customValues: ticks,
      formatter: (log: number) => Number((10 ** log).toPrecision(2)).toLocaleString('en-US'),
    },
  }
}

const SYMBOLS = ['circle', 'rect', 'diamond'] as const

/** A line's name with its mark, above the right end of the plot. */
function nameOf(name: string, place: number, x: number, y: number, above: number): object {
  return {
    type: 'scatter',
    silent: true,
    clip: false,
    symbol: SYMBOLS[place] ?? 'circle',
    symbolSize: 8,
    symbolOffset: [-4, -above],
    itemStyle: { color: accent(place), opacity: 1 },
    label: {
      show: true,
      position: 'left',
      distance: 6,
      color: accent(place),
      fontSize: 12,
      formatter: () => name,
    },
    data: [[x, y]],
  }
}
