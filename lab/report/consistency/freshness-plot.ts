import type { Staleness } from '../../../packages/histories/src/check/report.ts'
import { logAxis, shareAxis, xAxis } from '../../page/plot/axes.ts'
import { dots, line } from '../../page/plot/series.ts'
import { drawSvg } from '../../page/plot/svg.ts'

const COLOUR = 'var(--blue)'

/**
 * The share of fresh reads against the time since the latest change, with 95 % confidence intervals.
 *
 * @param id unique in the page
 * @param of which reads, such as `eventual reads`
 */
export function freshnessPlot({ curve, statement }: Staleness, id: string, of: string): string {
  // A dot in the geometric middle of each interval; the first one begins at 0 ms.
  const points = curve.flatMap(({ from_ms, to_ms, fresh: { share, low, high } }) => {
    const ms = Math.sqrt(Math.max(1, from_ms) * Math.max(1, to_ms))
    if (share === null || low === null || high === null) return []
    return [{ ms, at: Math.log10(ms), share: 100 * share, low: 100 * low, high: 100 * high }]
  })
  const plot = {
    id: `fresh-${id}`,
    width: 360,
    height: 250,
    left: 46,
    right: 14,
    top: 14,
    bottom: 58,
    title: `Freshness of ${of}`,
    description: statement,
    warning: null,
  }
  return drawSvg(plot, {
    xAxis: xAxis(logAxis(points.map(({ ms }) => ms)), 'ms since the latest change (log scale)'),
    yAxis: shareAxis(),
    series: [
      line(
        points.map(({ at, share }) => [at, share]),
        { color: COLOUR, width: 1.5 },
      ),
      ...points.map(({ at, low, high }) =>
        line(
          [low, high].map((end) => [at, end]),
          { color: COLOUR, width: 1 },
        ),
      ),
      dots(
        points.map(({ at, share }) => [at, share]),
        { size: 6, color: COLOUR },
      ),
    ],
  })
}
