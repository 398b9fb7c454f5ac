import { log10, logAxis, xAxis, yAxis } from './axes.ts'
import { acrossAt, apart, type Frame, type Room, upAt, WIDTH, WORDS } from './frame.ts'
import { accent, dash, dots, line, ruler, symbol } from './series.ts'
import { drawSvg, type Label } from './svg.ts'

/** Lines on two logarithmic axes. */
export interface LogLogPlot {
  readonly id: string
  readonly title: string
  /** Names of the axes. */
  readonly x: string
  readonly y: string
  readonly lines: readonly LogLogLine[]
  /** Annotated points. */
  readonly marks: readonly { readonly at: readonly [number, number]; readonly text: string }[]
  /** A limit on the vertical axis. */
  readonly horizontal: { readonly at: number; readonly text: string } | null
  /** Where the names of the lines stand on a page. A panel always has them above the plot. */
  readonly names: 'ends' | 'above'
  readonly warning: string
}

export interface LogLogLine {
  readonly name: string
  /** Decides colour and mark. */
  readonly place: number
  /** Decides the dashes where two lines share a colour; default `place`. */
  readonly dashes?: number
  readonly points: readonly (readonly [number, number])[]
  /** Horizontal value beyond which the line is faint. */
  readonly fades?: number | null
}

/** Height of a line of text. */
const LINE = 16

/** Draws the lines with their names. */
export function logLogPlot(plot: LogLogPlot, room: Room): string {
  const { id, title, x, y, lines, horizontal, warning } = plot
  const points = lines.flatMap((one) => one.points)
  const across = logAxis(points.map(([at]) => at))
  const limit = horizontal === null ? [] : [horizontal.at]
  const up = logAxis([...points.map(([, value]) => value), ...limit])
  const page = room === 'page'
  const ends = page && plot.names === 'ends'
  const names = ends ? 0 : LINE * lines.length
  const frame: Frame = {
    width: WIDTH[room],
    height: (page ? 360 : 270) + names,
    left: page ? 72 : 56,
    right: ends ? 120 : 20,
    top: 34 + names,
    bottom: 62,
  }
  const fontSize = WORDS[room]
  return drawSvg(
    {
      ...frame,
      id: page ? `${id}-wide` : id,
      title,
      description: `Lines for ${lines.map(({ name }) => name).join(', ')}. The text next to the plot has the figures.`,
      warning,
      labels: [
        ...(ends ? atEnds(lines, frame, across, up) : above(lines)),
        ...markLabels(plot, frame, across, up),
      ],
    },
    {
      xAxis: xAxis(across, x, { fontSize, most: page ? 12 : 6 }),
      yAxis: yAxis(up, y, { fontSize, most: 12 }),
      series: [
        ...limit.map((value) => ruler({ yAxis: log10(value) })),
        ...lines.flatMap(lineSeries),
        ...lines.map(({ points: own, place }) =>
          dots(own.slice(-1).map(logs), { symbol: symbol(place), size: 8, color: accent(place) }),
        ),
        ...plot.marks.map(({ at }) =>
          dots([logs(at)], {
            size: 11,
            color: 'var(--paper)',
            border: 'var(--ink)',
            borderWidth: 2,
          }),
        ),
      ],
    },
  )
}

function logs(point: readonly [number, number]): number[] {
  return point.map(log10)
}

function lineSeries({ points, place, dashes = place, fades = null }: LogLogLine): object[] {
  const from = fades === null ? -1 : points.findIndex(([at]) => at > fades)
  const end = from < 0 ? points.length : from
  const part = (own: LogLogLine['points'], style: object) =>
    line(own.map(logs), { color: accent(place), type: dash(dashes), ...style })
  return [
    part(points.slice(0, end), { width: 2.5 }),
    ...(end < points.length
      ? [part(points.slice(Math.max(0, end - 1)), { width: 1.5, opacity: 0.55 })]
      : []),
  ]
}

type Axis = ReturnType<typeof logAxis>

/** Names to the right of the lines' last points. */
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

/** Names in a list above the plot. */
function above(lines: readonly LogLogLine[]): Label[] {
  return lines.map(({ name, place, dashes = place }, row) => ({
    x: 0,
    y: 12 + LINE * row,
    text: name,
    line: dash(dashes),
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
  const height = (value: number) => upAt(frame, up, log10(value))
  return [
    ...marks.map(({ at: [x, y], text }): Label => {
      // Lines rise to the right, so the upper left of a mark is free.
      const left = acrossAt(frame, across, log10(x)) - 10
      return { x: left, y: height(y) - 10, text, anchor: 'end', color: 'var(--ink)' }
    }),
    ...(horizontal === null
      ? []
      : [
          {
            x: frame.left + 4,
            y: height(horizontal.at) - 5,
            text: horizontal.text,
            anchor: 'start' as const,
          },
        ]),
  ]
}
