import type { StoreLimits } from '../../model/decide/limits.ts'
import type { Scenario } from '../../model/decide/scenarios.ts'
import type { StoreName } from '../../model/terms/stores.ts'
import { countText, type LogAxis, log10, logAxis, rowAxis, xAxis } from '../../page/plot/axes.ts'
import { acrossAt, type Frame, type Room, WIDTH, WORDS } from '../../page/plot/frame.ts'
import { accent, line, ruler } from '../../page/plot/series.ts'
import { drawSvg, type Label } from '../../page/plot/svg.ts'
import { amount } from '../amounts.ts'
import { LIMITS } from '../decide/limit-words.ts'

const ROW = 58
const BAR = 20
const LINE = 15

/** A bar for each deployment, up to the number of concurrent shoppers that meets the objective. Simulated. */
export function reachPlot(
  { curves }: StoreLimits,
  scenarios: readonly Scenario[],
  places: Readonly<Record<StoreName, number>>,
  room: Room,
): string {
  const axis = logAxis(curves.flatMap(({ sweep }) => sweep.points.map(({ shoppers }) => shoppers)))
  // A peak below the smallest simulated number lies within every bar.
  const peaks = scenarios
    .filter(({ peak_shoppers }) => log10(peak_shoppers) > axis.min)
    .toSorted((a, b) => a.peak_shoppers - b.peak_shoppers)
  const frame: Frame = {
    width: WIDTH[room],
    height: ROW * curves.length + LINE * peaks.length + 78,
    left: room === 'page' ? 72 : 8,
    right: 20,
    top: 12 + LINE * peaks.length,
    bottom: 62,
  }
  const reached = curves.map(
    ({ deployment, sweep, range }) =>
      `${deployment}: ${amount(sweep.most_shoppers ?? 0)}${range === null ? '' : `, from ${amount(range.low)} to ${amount(range.high)} with the error`}`,
  )
  const plot = {
    ...frame,
    id: room === 'page' ? 'reach-wide' : 'reach',
    title: 'Maximum concurrent shoppers within the objective, simulated',
    description: `${reached.join('; ')}.`,
    warning: 'simulated',
    labels: [
      ...curves.flatMap((curve, row) => rowLabels(curve, row, frame, places)),
      ...peaks.map((scenario, row) => peakLabel(scenario, row, frame, axis)),
    ],
  }
  return drawSvg(plot, {
    xAxis: xAxis(axis, 'concurrent shoppers (log scale)', { fontSize: WORDS[room] }),
    yAxis: rowAxis(curves.length),
    series: [
      ...peaks.map(({ peak_shoppers }) => ruler({ xAxis: log10(peak_shoppers) }, { type: [2, 3] })),
      ...curves.map(({ sweep: { store, most_shoppers: most } }, row) =>
        line(most === null ? [] : [axis.min, log10(most)].map((end) => [end, row + 0.7]), {
          color: accent(places[store]),
          width: BAR,
          cap: 'butt',
          opacity: 0.85,
        }),
      ),
      ...curves.flatMap(({ range }, row) =>
        range === null || range.low <= 0
          ? []
          : [
              line(
                [range.low, range.high].map((end) => [log10(end), row + 0.7]),
                { color: 'var(--ink)', width: 2 },
              ),
            ],
      ),
    ],
  })
}

/** Above its bar: the deployment, and its limit. */
function rowLabels(
  { deployment, sweep }: StoreLimits['curves'][number],
  row: number,
  frame: Frame,
  places: Readonly<Record<StoreName, number>>,
): Label[] {
  const y = frame.top + ROW * row + 24
  const color = accent(places[sweep.store])
  return [
    { x: frame.left, y, text: deployment, anchor: 'start', color, bold: true },
    {
      x: frame.width - frame.right,
      y,
      text: limitText(sweep),
      anchor: 'end',
      color: 'var(--ink)',
    },
  ]
}

function limitText({ most_shoppers, limit }: StoreLimits['curves'][number]['sweep']): string {
  if (most_shoppers === null) return 'none'
  return limit === null
    ? `at least ${countText(most_shoppers)}`
    : `${countText(most_shoppers)}: ${LIMITS[limit].name}`
}

/** The peak of a shop, one per line. */
function peakLabel(
  { name, peak_shoppers }: Scenario,
  row: number,
  frame: Frame,
  axis: LogAxis,
): Label {
  const x = acrossAt(frame, axis, log10(peak_shoppers))
  const left = x > frame.width / 2
  return {
    x: left ? x - 5 : x + 5,
    y: 12 + LINE * row,
    text: `${name}, peak ${countText(peak_shoppers)}`,
    anchor: left ? 'end' : 'start',
  }
}
