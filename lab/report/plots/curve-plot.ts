import { type Histogram, percentileMs } from '../../stats/histogram.ts'
import type { ReportSide } from '../model.ts'
import { type LogAxis, log10 } from './log-axis.ts'
import { accent, dash, GRID_LINE, LABEL, MS_NAME, timeAxis } from './style.ts'
import { drawSvg } from './svg.ts'

/** Response time by how many requests were slower; `tail` is -log10 of their share: 2 is the 99th percentile. */
export type Curve = readonly { readonly tail: number; readonly ms: number }[]

const STEP = 0.05

/** A point every twentieth of a power of ten, as far as ten samples lie beyond. */
export function tailCurve(histogram: Histogram): Curve {
  const last = Math.log10(Math.max(1, histogram.totalCount) / 10)
  if (last <= 0) return []
  return Array.from({ length: Math.floor(last / STEP) + 1 }, (_, step) => {
    const tail = step * STEP
    return { tail, ms: percentileMs(histogram, 100 * (1 - 10 ** -tail), 1) ?? 0 }
  })
}

const TICKS = [0, Math.log10(2), 1, 2, 3, 4, 5]

/** The curves of all sides, on logarithmic axes in both directions. */
export function curvePlot(
  group: string,
  title: string,
  curves: readonly Curve[],
  sides: readonly ReportSide[],
  axis: LogAxis,
): string {
  const furthest = Math.max(1, ...curves.map((curve) => curve.at(-1)?.tail ?? 0))
  const ticks = TICKS.filter((tick) => tick <= furthest)
  const plot = {
    id: `curve-${group}`,
    width: 360,
    height: 250,
    title: `${title}: response time by percentile`,
    description: `One line each for ${sides.map(({ label }) => label).join(', ')}, both axes logarithmic. P50, P95 and P99 are in the tables of ratios.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
  }
  return drawSvg(plot, {
    grid: { left: 46, right: 16, top: 22, bottom: 58 },
    xAxis: {
      type: 'value',
      min: 0,
      max: furthest,
      name: '% of the requests that were faster (logarithmic)',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: 'var(--muted)' } },
      axisLabel: { ...LABEL, customValues: ticks, formatter: percentileText },
      splitLine: { show: false },
    },
    yAxis: { ...timeAxis(axis), ...MS_NAME, splitLine: GRID_LINE },
    series: curves.map((curve, place) => ({
      type: 'line',
      symbol: 'none',
      silent: true,
      clip: false,
      lineStyle: { color: accent(place), width: 2, type: dash(place) },
      data: curve.map(({ tail, ms }) => [tail, log10(ms)]),
    })),
  })
}

function percentileText(tail: number): string {
  return String(Number((100 * (1 - 10 ** -tail)).toFixed(6)))
}
