import { type LogAxis, log10, logAxis, MS, xAxis, yAxis } from '../../page/plot/axes.ts'
import { acrossAt, type Frame, panel, upAt } from '../../page/plot/frame.ts'
import { accent, dash, dots, line, ruler, symbol } from '../../page/plot/series.ts'
import { drawSvg, type Label } from '../../page/plot/svg.ts'
import type { CapacityPart, CapacityPoint } from '../../results/schemas.ts'
import type { Picture, ReportSide } from '../model.ts'
import { warningOf } from './warning.ts'

/** Latency against the offered rate and against the achieved rate, with the highest rate that met the objective. */
export function capacityPlots(capacity: CapacityPart, sides: readonly ReportSide[]): Picture[] {
  const [percentile = 'p99', limit = ''] = capacity.objective.split('=')
  const shown = percentile === 'p50' ? 'p50' : 'p99'
  return (['rate', 'achieved'] as const).map((rate) => {
    const title = `${shown.toUpperCase()} by ${RATES[rate]} rate`
    const ms = percentile === shown ? Number.parseFloat(limit) : null
    return { title, draw: () => drawRates(capacity, sides, { title, rate, shown, limit: ms }) }
  })
}

const RATES = { rate: 'offered', achieved: 'achieved' } as const

interface Drawn {
  readonly title: string
  readonly rate: keyof typeof RATES
  readonly shown: 'p50' | 'p99'
  /** The objective in milliseconds; `null` if it is for another percentile. */
  readonly limit: number | null
}

function drawRates(capacity: CapacityPart, sides: readonly ReportSide[], drawn: Drawn): string {
  const { title, rate, shown, limit } = drawn
  const points = capacity.sides.flatMap((side) => side.points)
  const limits = limit === null ? [] : [limit]
  const rates = logAxis(points.flatMap((point) => point[rate] ?? []))
  const times = logAxis([...points.flatMap((point) => point[shown] ?? []), ...limits])
  const knees = capacity.sides.flatMap((side) => kneeOf(side, sides, rate))
  const frame = panel(236 + 14 * knees.length, { top: 26 + 14 * knees.length })
  const plot = {
    ...frame,
    id: `capacity-${rate}`,
    title,
    description: `Every rate tried on ${sides.map(({ label }) => label).join(', ')}. The table of rates has the figures.`,
    warning: warningOf(sides),
    labels: [
      ...knees.map((knee, row) => kneeLabel(knee, row, frame, rates)),
      ...limits.map(
        (ms): Label => ({
          x: frame.left + 4,
          y: upAt(frame, times, log10(ms)) - 4,
          text: `objective: ${ms} ms`,
          anchor: 'start',
        }),
      ),
    ],
  }
  return drawSvg(plot, {
    xAxis: xAxis(rates, `${RATES[rate]} requests per second (log scale)`),
    yAxis: yAxis(times, MS),
    series: [
      ...limits.map((ms) => ruler({ yAxis: log10(ms) })),
      ...knees.map(({ place, at }) =>
        ruler({ xAxis: log10(at) }, { color: accent(place), type: dash(place) }),
      ),
      ...capacity.sides.flatMap((side) => sideSeries(side, sides, drawn)),
    ],
  })
}

interface Knee {
  readonly place: number
  /** Operations per second. */
  readonly at: number
}

/** The highest rate of a store that met the objective, or the rate achieved in the last run at it. */
function kneeOf(
  { side, highest, points }: CapacityPart['sides'][number],
  sides: readonly ReportSide[],
  rate: Drawn['rate'],
): Knee[] {
  const at = points.findLast((point) => point.rate === highest)?.[rate] ?? null
  return at === null ? [] : [{ place: placeOf(side, sides), at }]
}

/** Next to its line, where there is more room. */
function kneeLabel({ place, at }: Knee, row: number, frame: Frame, rates: LogAxis): Label {
  const x = acrossAt(frame, rates, log10(at))
  const left = x > frame.width / 2
  return {
    x: left ? x - 4 : x + 4,
    y: 12 + 14 * row,
    text: `${Number(at.toPrecision(3)).toLocaleString('en-US')}/s`,
    anchor: left ? 'end' : 'start',
    color: accent(place),
    bold: true,
  }
}

/** The runs in the order of their offered rates, so that the achieved rate bends back where a service falls behind. */
function sideSeries(
  { side, points }: CapacityPart['sides'][number],
  sides: readonly ReportSide[],
  { rate, shown }: Drawn,
): object[] {
  const place = placeOf(side, sides)
  const color = accent(place)
  const known = points
    .toSorted((one, other) => one.rate - other.rate)
    .flatMap((point) => {
      const [x, y] = [point[rate], point[shown]]
      if (x === null || y === null || x <= 0) return []
      return [{ value: [log10(x), log10(y)], ...lookOf(point.meets, color) }]
    })
  const style = { color, width: 1.5, type: dash(place) }
  return [
    line(
      known.map(({ value }) => value),
      style,
    ),
    dots(known, { symbol: symbol(place), size: 8, color }),
  ]
}

function lookOf(meets: CapacityPoint['meets'], color: string): object {
  const fill = meets === false ? 'var(--paper)' : color
  return {
    symbolSize: meets === null ? 4 : 8,
    itemStyle: { color: fill, borderColor: color, borderWidth: 1.5, opacity: 1 },
  }
}

function placeOf(side: string, sides: readonly ReportSide[]): number {
  return Math.max(
    0,
    sides.findIndex(({ key }) => key === side),
  )
}
