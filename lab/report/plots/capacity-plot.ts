import type { CapacityPart, CapacityPoint } from '../../results/schemas.ts'
import type { Picture, ReportSide } from '../model.ts'
import { acrossAt, type Frame, gridOf, upAt } from './frame.ts'
import { type LogAxis, log10, logAxis, tickText } from './log-axis.ts'
import { accent, dash, GRID_LINE, LABEL, MS_NAME, ruler, symbol } from './style.ts'
import { drawSvg, type Label } from './svg.ts'

/** What a run is placed by on the horizontal axis. */
type Rate = 'rate' | 'achieved'

const AXES: Readonly<Record<Rate, { readonly title: string; readonly name: string }>> = {
  rate: { title: 'by the rate offered', name: 'requests a second, offered (logarithmic)' },
  achieved: { title: 'by the rate answered', name: 'requests a second, answered (logarithmic)' },
}

/** Latency against the rate that was offered, and against what was answered of it, with the knees marked. */
export function capacityPlots(capacity: CapacityPart, sides: readonly ReportSide[]): Picture[] {
  const [percentile = 'p99', limit = ''] = capacity.objective.split('=')
  const shown = percentile === 'p50' ? 'p50' : 'p99'
  return (['rate', 'achieved'] as const).map((rate) => ({
    title: `${shown.toUpperCase()} ${AXES[rate].title}`,
    draw: () =>
      drawRates(capacity, sides, {
        rate,
        shown,
        limit: percentile === shown ? Number.parseFloat(limit) : null,
      }),
  }))
}

interface Drawn {
  readonly rate: Rate
  readonly shown: 'p50' | 'p99'
  /** The objective, milliseconds; `null` where it is of another percentile. */
  readonly limit: number | null
}

function drawRates(capacity: CapacityPart, sides: readonly ReportSide[], drawn: Drawn): string {
  const { rate, shown, limit } = drawn
  const points = capacity.sides.flatMap((side) => side.points)
  const rates = logAxis(points.flatMap((point) => point[rate] ?? []))
  const times = points.flatMap((point) => point[shown] ?? [])
  const vertical = logAxis(limit === null ? times : [...times, limit])
  const knees = capacity.sides.flatMap((side) => kneeOf(side, sides, rate))
  const frame: Frame = {
    width: 360,
    height: 236 + 14 * knees.length,
    left: 46,
    right: 14,
    top: 26 + 14 * knees.length,
    bottom: 58,
  }
  const title = `${shown.toUpperCase()} ${AXES[rate].title}`
  const plot = {
    ...frame,
    id: `capacity-${rate}`,
    title,
    description: `Every rate that was tried on ${sides.map(({ label }) => label).join(', ')}; the figures are in the table of rates.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
    labels: [
      ...knees.map((knee, row) => kneeLabel(knee, row, frame, rates)),
      ...(limit === null ? [] : [limitLabel(limit, frame, vertical)]),
    ],
  }
  return drawSvg(plot, {
    grid: gridOf(frame),
    xAxis: {
      ...axisOf(rates),
      name: AXES[rate].name,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      splitLine: { show: false },
    },
    yAxis: { ...axisOf(vertical), ...MS_NAME, splitLine: GRID_LINE },
    series: [
      ...(limit === null ? [] : [ruler({ yAxis: log10(limit) })]),
      ...knees.map(({ place, at }) =>
        ruler({ xAxis: log10(at) }, { color: accent(place), type: dash(place) }),
      ),
      ...capacity.sides.flatMap((side) => sideSeries(side, sides, drawn)),
    ],
  })
}

interface Knee {
  readonly place: number
  /** Operations a second. */
  readonly at: number
}

/** The highest rate of a side that met the objective; of what was answered, that of its last run there. */
function kneeOf(
  { side, highest, points }: CapacityPart['sides'][number],
  sides: readonly ReportSide[],
  rate: Rate,
): Knee[] {
  const at = points.findLast((point) => point.rate === highest)?.[rate] ?? null
  const place = placeOf(side, sides)
  return at === null ? [] : [{ place, at }]
}

/** Beside its line, on the side where there is more room. */
function kneeLabel({ place, at }: Knee, row: number, frame: Frame, rates: LogAxis): Label {
  const x = acrossAt(frame, rates, log10(at))
  const left = x > frame.width / 2
  return {
    x: left ? x - 4 : x + 4,
    y: 12 + 14 * row,
    text: `${Number(at.toPrecision(3)).toLocaleString('en-US')} a second`,
    anchor: left ? 'end' : 'start',
    color: accent(place),
    bold: true,
  }
}

function limitLabel(ms: number, frame: Frame, vertical: LogAxis): Label {
  return {
    x: frame.left + 4,
    y: upAt(frame, vertical, log10(ms)) - 4,
    text: `objective: ${ms} ms`,
    anchor: 'start',
  }
}

function axisOf(axis: LogAxis): object {
  return {
    type: 'value',
    min: axis.min,
    max: axis.max,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: axis.ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
  }
}

/** A line through the runs in the order of the rates offered, so that one of answers bends back where they no longer keep up. */
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
      return x === null || y === null || x <= 0
        ? []
        : [{ at: [log10(x), log10(y)], meets: point.meets }]
    })
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color, width: 1.5, type: dash(place) },
      data: known.map(({ at }) => at),
    },
    {
      type: 'scatter',
      silent: true,
      symbol: symbol(place),
      data: known.map(({ at, meets }) => ({
        value: at,
        ...lookOf(meets, color),
      })),
    },
  ]
}

function lookOf(meets: CapacityPoint['meets'], color: string): object {
  return {
    symbolSize: meets === null ? 4 : 8,
    itemStyle: {
      color: meets === false ? 'var(--paper)' : color,
      borderColor: color,
      borderWidth: 1.5,
      opacity: 1,
    },
  }
}

function placeOf(side: string, sides: readonly ReportSide[]): number {
  return Math.max(
    0,
    sides.findIndex(({ key }) => key === side),
  )
}
