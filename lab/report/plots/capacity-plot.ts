import type { CapacityPart, CapacityPoint } from '../../results/comparison-file.ts'
import type { ReportSide } from '../model.ts'
import { type LogAxis, log10, logAxis, tickText } from './log-axis.ts'
import { accent, dash, GRID_LINE, LABEL } from './style.ts'
import { drawSvg, type Plot } from './svg.ts'

type Value = (point: CapacityPoint) => number | null

/** Latency against the offered rate, and what was answered against what was offered, with the knees marked. */
export function capacityPlots(
  capacity: CapacityPart,
  sides: readonly ReportSide[],
): { readonly title: string; readonly draw: () => string }[] {
  const [percentile = 'p99', limit = ''] = capacity.objective.split('=')
  const shown = percentile === 'p50' ? 'p50' : 'p99'
  const answered: Value = ({ achieved }) => achieved
  return [
    {
      title: `${shown.toUpperCase()} by offered rate`,
      draw: () =>
        drawRates(capacity, sides, {
          id: `capacity-${shown}`,
          title: `${shown.toUpperCase()} by offered rate`,
          unit: 'ms',
          of: (point) => point[shown],
          line: percentile === shown ? Number.parseFloat(limit) : null,
        }),
    },
    {
      title: 'Answered by offered rate',
      draw: () =>
        drawRates(capacity, sides, {
          id: 'capacity-achieved',
          title: 'Answered by offered rate',
          unit: 'a second',
          of: answered,
          line: null,
        }),
    },
  ]
}

interface Drawn {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly of: Value
  /** Where the objective lies. */
  readonly line: number | null
}

function drawRates(
  capacity: CapacityPart,
  sides: readonly ReportSide[],
  { id, title, unit, of, line }: Drawn,
): string {
  const points = capacity.sides.flatMap((side) => side.points)
  const rates = logAxis(points.map(({ rate }) => rate))
  const values = points.map(of).filter((value) => value !== null)
  const vertical = logAxis(line === null ? values : [...values, line])
  const plot: Plot = {
    id,
    width: 360,
    height: 250,
    title,
    description: `Every rate that was tried on ${sides.map(({ label }) => label).join(', ')}; the figures are in the table of rates.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
  }
  return drawSvg(plot, {
    grid: { left: 52, right: 14, top: 26 + 12 * sides.length, bottom: 58 },
    xAxis: {
      ...axisOf(rates),
      name: 'offered, operations a second',
      nameLocation: 'middle',
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: { ...axisOf(vertical), name: unit, nameGap: 8, splitLine: GRID_LINE },
    series: [
      ...(line === null ? [] : [objectiveLine(line)]),
      ...capacity.sides.flatMap(({ side, points: own, highest }) => {
        const place = Math.max(
          0,
          sides.findIndex(({ key }) => key === side),
        )
        return sideSeries(own, of, place, highest)
      }),
    ],
  })
}

function axisOf(axis: LogAxis): object {
  return {
    type: 'value',
    min: axis.min,
    max: axis.max,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: axis.ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
  }
}

function objectiveLine(ms: number): object {
  return {
    type: 'line',
    silent: true,
    data: [],
    lineStyle: { color: 'var(--muted)' },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: true, position: 'insideStartTop', formatter: 'objective', ...LABEL },
      lineStyle: { color: 'var(--muted)', type: [4, 3], width: 1 },
      data: [{ yAxis: log10(ms) }],
    },
  }
}

function sideSeries(
  points: readonly CapacityPoint[],
  of: Value,
  place: number,
  highest: number | null,
): object[] {
  const color = accent(place)
  const known = points
    .flatMap((point) => {
      const value = of(point)
      return value === null ? [] : [{ at: [log10(point.rate), log10(value)], meets: point.meets }]
    })
    .sort((one, other) => (one.at[0] ?? 0) - (other.at[0] ?? 0))
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color, width: 1.5, type: dash(place) },
      data: known.map(({ at }) => at),
      ...(highest !== null && {
        markLine: {
          silent: true,
          symbol: 'none',
          label: {
            show: true,
            position: 'end',
            distance: 2 + 12 * place,
            formatter: () => tickLabel(highest),
            color,
            fontSize: 11,
          },
          lineStyle: { color, width: 1, type: dash(place) },
          data: [{ xAxis: log10(highest) }],
        },
      }),
    },
    {
      type: 'scatter',
      silent: true,
      symbol: place === 1 ? 'rect' : place === 2 ? 'diamond' : 'circle',
      data: known.map(({ at, meets }) => ({
        value: at,
        symbolSize: meets === null ? 4 : 8,
        itemStyle: {
          color: meets === false ? 'var(--paper)' : color,
          borderColor: color,
          borderWidth: 1.5,
          opacity: 1,
        },
      })),
    },
  ]
}

function tickLabel(rate: number): string {
  return `${rate.toLocaleString('en-US')}/s`
}
