import { acrossAt, apart, type Frame, gridOf, upAt } from './frame.ts'
import { log10, logAxis } from './log-axis.ts'
import { countText, type Room, WIDTH, WORDS } from './room.ts'
import { accent, dash, dashOf, GRID_LINE, LABEL, ruler, symbol } from './style.ts'
import { drawSvg, type Label } from './svg.ts'

/** Lines on two logarithmic axes. */
export interface LogLogPlot {
  readonly id: string
  readonly title: string
  /** Names of the axes. */
  readonly x: string
  readonly y: string
  readonly lines: readonly LogLogLine[]
  /** Places to be pointed out, and what is to be said there. */
  readonly marks: readonly {
    readonly at: readonly [number, number]
    readonly text: string
  }[]
  /** A limit on the vertical axis. */
  readonly horizontal: { readonly at: number; readonly text: string } | null
  /** Where the names stand on a page: at the ends of the lines, when they are short. In a panel they are above. */
  readonly names: 'ends' | 'above'
  readonly warning: string
}

export interface LogLogLine {
  readonly name: string
  /** Of its colour and mark, as a side's. */
  readonly place: number
  /** Of its dashes, where two lines have one colour. */
  readonly dashes?: number
  readonly points: readonly (readonly [number, number])[]
  /** From where on the horizontal axis it is shown faintly. */
  readonly fades?: number | null
}

/** Height of a line of words. */
const LINE = 16

/** Draws the lines with their names. */
export function logLogPlot(plot: LogLogPlot, room: Room): string {
  const { id, title, x, y, lines, horizontal, warning } = plot
  const points = lines.flatMap((line) => line.points)
  const across = logAxis(points.map(([at]) => at))
  const up = logAxis([
    ...points.map(([, value]) => value),
    ...(horizontal === null ? [] : [horizontal.at]),
  ])
  const page = room === 'page'
  const ends = page && plot.names === 'ends'
  const frame: Frame = {
    width: WIDTH[room],
    height: (page ? 360 : 270) + (ends ? 0 : LINE * lines.length),
    left: page ? 72 : 56,
    right: ends ? 120 : 20,
    top: 34 + (ends ? 0 : LINE * lines.length),
    bottom: 62,
  }
  const shape = {
    ...frame,
    id: page ? `${id}-wide` : id,
    title,
    description: `Lines for ${lines.map(({ name }) => name).join(', ')}; what they show is said in the sentences beside them.`,
    warning,
    labels: [
      ...(ends ? atEnds(lines, frame, across, up) : above(lines)),
      ...markLabels(plot, frame, across, up),
    ],
  }
  const words = { ...LABEL, fontSize: WORDS[room] }
  const axis = ({ min, max, ticks }: Axis, most: number) => ({
    type: 'value',
    min,
    max,
    nameTextStyle: words,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: {
      ...words,
      customValues: thinned(ticks, most),
      formatter: (log: number) => countText(10 ** log),
    },
  })
  return drawSvg(shape, {
    grid: gridOf(frame),
    xAxis: {
      ...axis(across, page ? 12 : 6),
      name: x,
      nameLocation: 'middle',
      nameGap: 28,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis(up, 12),
      name: y,
      nameGap: 8,
      nameTextStyle: { ...words, align: 'left' },
      splitLine: GRID_LINE,
    },
    series: [
      ...(horizontal === null ? [] : [ruler({ yAxis: log10(horizontal.at) })]),
      ...lines.flatMap(lineSeries),
      ...lines.flatMap(endMark),
      ...plot.marks.map(ring),
    ],
  })
}

/** Every other tick where there are more than have room for their words. */
function thinned(ticks: readonly number[], most: number): readonly number[] {
  return ticks.length > most ? ticks.filter((_, place) => place % 2 === 0) : ticks
}

function lineSeries({ points, place, dashes = place, fades = null }: LogLogLine): object[] {
  const from = fades === null ? points.length : points.findIndex(([at]) => at > fades)
  const end = from < 0 ? points.length : from
  const series = (part: LogLogLine['points'], style: object) => ({
    type: 'line',
    silent: true,
    symbol: 'none',
    clip: false,
    lineStyle: { color: accent(place), type: dash(dashes), ...style },
    data: part.map(([at, value]) => [log10(at), log10(value)]),
  })
  return [
    series(points.slice(0, end), { width: 2.5 }),
    ...(end < points.length
      ? [series(points.slice(Math.max(0, end - 1)), { width: 1.5, opacity: 0.55 })]
      : []),
  ]
}

function endMark({ points, place }: LogLogLine): object[] {
  const last = points.at(-1)
  if (last === undefined) return []
  return [
    {
      type: 'scatter',
      silent: true,
      symbol: symbol(place),
      symbolSize: 8,
      itemStyle: { color: accent(place), opacity: 1 },
      data: [last.map(log10)],
    },
  ]
}

function ring({ at }: LogLogPlot['marks'][number]): object {
  return {
    type: 'scatter',
    silent: true,
    symbol: 'circle',
    symbolSize: 11,
    itemStyle: { color: 'var(--paper)', borderColor: 'var(--ink)', borderWidth: 2, opacity: 1 },
    data: [at.map(log10)],
  }
}

type Axis = ReturnType<typeof logAxis>

/** The names right of where the lines end. */
function atEnds(lines: readonly LogLogLine[], frame: Frame, across: Axis, up: Axis): Label[] {
  const ends = lines.map(({ points }) => points.at(-1) ?? [1, 1])
  const heights = apart(
    ends.map(([, value]) => upAt(frame, up, log10(value)) + 4),
    LINE,
  )
  return lines.map(({ name, place }, row) => ({
    x: acrossAt(frame, across, log10(ends[row]?.[0] ?? 1)) + 10,
    y: heights[row] ?? 0,
    text: name,
    anchor: 'start',
    color: accent(place),
    bold: true,
  }))
}

/** The names in a list above the plot. */
function above(lines: readonly LogLogLine[]): Label[] {
  return lines.map(({ name, place, dashes = place }, row) => ({
    x: 0,
    y: 12 + LINE * row,
    text: name,
    line: dashOf(dashes),
    anchor: 'start',
    color: accent(place),
    bold: true,
  }))
}

function markLabels(
  { marks, horizontal }: LogLogPlot,
  frame: Frame,
  across: Axis,
  up: Axis,
): Label[] {
  const at = marks.map(({ at: [x, y] }) => ({
    x: acrossAt(frame, across, log10(x)),
    y: upAt(frame, up, log10(y)),
  }))
  return [
    ...marks.map(({ text }, place): Label => {
      const { x = 0, y = 0 } = at[place] ?? {}
      // Costs rise to the right, so there is room on the upper left.
      return { x: x - 10, y: y - 10, text, anchor: 'end', color: 'var(--ink)' }
    }),
    ...(horizontal === null
      ? []
      : [
          {
            x: frame.left + 4,
            y: upAt(frame, up, log10(horizontal.at)) - 5,
            text: horizontal.text,
            anchor: 'start' as const,
          },
        ]),
  ]
}
