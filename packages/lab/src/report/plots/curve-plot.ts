import type { Series } from '../../page/document.ts'
import { type LogAxis, log10, MS, xAxis, yAxis } from '../../page/plot/axes.ts'
import { panel } from '../../page/plot/frame.ts'
import { accent, dash, line } from '../../page/plot/series.ts'
import { drawSvg } from '../../page/plot/svg.ts'
import { type Histogram, percentileMs } from '../../stats/histogram.ts'
import { warningOf } from './warning.ts'

/** Response time by the share of slower requests; `tail` is -log10 of that share: 2 is the 99th percentile. */
export type Curve = readonly { readonly tail: number; readonly ms: number }[]

const STEP = 0.05

/** A point every twentieth of a power of ten, up to the tenth-slowest sample. */
export function tailCurve(histogram: Histogram): Curve {
  const last = Math.log10(Math.max(1, histogram.totalCount) / 10)
  if (last <= 0) return []
  return Array.from({ length: Math.floor(last / STEP) + 1 }, (_, step) => {
    const tail = step * STEP
    return { tail, ms: percentileMs(histogram, 100 * (1 - 10 ** -tail), 1) ?? 0 }
  })
}

const TICKS = [0, Math.log10(2), 1, 2, 3, 4, 5]

/** A percentile curve for each series, both axes logarithmic. */
export function curvePlot(
  group: string,
  title: string,
  curves: readonly Curve[],
  sides: readonly Series[],
  axis: LogAxis,
): string {
  const max = Math.max(1, ...curves.map((curve) => curve.at(-1)?.tail ?? 0))
  const tails = { min: 0, max, ticks: TICKS.filter((tick) => tick <= max) }
  const plot = {
    id: `curve-${group}`,
    ...panel(250, { right: 16, top: 22 }),
    title: `${title}: response time by percentile`,
    description: `One line each for ${sides.map(({ label }) => label).join(', ')}; both axes are logarithmic. The tables of response times have P50, P95 and P99.`,
    warning: warningOf(sides),
  }
  return drawSvg(plot, {
    xAxis: xAxis(tails, 'percentile (log scale)', { format: percentileText }),
    yAxis: yAxis(axis, MS),
    series: curves.map((curve, place) =>
      line(
        curve.map(({ tail, ms }) => [tail, log10(ms)]),
        { color: accent(place), width: 2, type: dash(place) },
      ),
    ),
  })
}

function percentileText(tail: number): string {
  return String(Number((100 * (1 - 10 ** -tail)).toFixed(6)))
}
