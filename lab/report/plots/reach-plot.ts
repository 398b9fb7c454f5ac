import type { StoreLimits } from '../../model/decide/limits.ts'
import type { Scenario } from '../../model/decide/scenarios.ts'
import type { StoreName } from '../../model/terms/stores.ts'
import { amount } from '../amounts.ts'
import { LIMITS } from '../decide/limit-words.ts'
import { acrossAt, type Frame, gridOf } from './frame.ts'
import { log10, logAxis } from './log-axis.ts'
import { countText, type Room, WIDTH, WORDS } from './room.ts'
import { accent, LABEL, ruler } from './style.ts'
import { drawSvg, type Label } from './svg.ts'

const ROW = 58
const BAR = 20
const LINE = 15

/** How many shoppers at once each deployment serves well: a bar up to where it ends, with what ends it. Simulated. */
export function reachPlot(
  { curves }: StoreLimits,
  scenarios: readonly Scenario[],
  places: Readonly<Record<StoreName, number>>,
  room: Room,
): string {
  const looked = curves.flatMap(({ sweep }) => sweep.points.map(({ shoppers }) => shoppers))
  const axis = logAxis(looked)
  // A shop whose peak is below the fewest shoppers looked at lies within every bar.
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
  const found = curves.map(({ sweep }) => sweep.most_shoppers ?? 0)
  const plot = {
    ...frame,
    id: room === 'page' ? 'reach-wide' : 'reach',
    title: 'Shoppers at once that are served well, simulated',
    description: `${curves.map(({ deployment }, row) => `${deployment}: ${amount(found[row] ?? 0)}`).join('; ')}.`,
    warning: 'simulated',
    labels: [
      ...curves.flatMap((curve, row) => rowLabels(curve, row, frame, places)),
      ...peaks.map((scenario, row) => peakLabel(scenario, row, frame, axis)),
    ],
  }
  const words = { ...LABEL, fontSize: WORDS[room] }
  return drawSvg(plot, {
    grid: gridOf(frame),
    xAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      name: 'shoppers at once (logarithmic)',
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: words,
      axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: true, customValues: axis.ticks, lineStyle: { color: 'var(--muted)' } },
      axisLabel: {
        ...words,
        customValues: axis.ticks,
        formatter: (log: number) => countText(10 ** log),
      },
      splitLine: { show: false },
    },
    yAxis: { type: 'value', inverse: true, min: 0, max: curves.length, show: false },
    series: [
      ...peaks.map(({ peak_shoppers }) => ruler({ xAxis: log10(peak_shoppers) }, { type: [2, 3] })),
      ...curves.map(({ sweep }, row) => ({
        type: 'line',
        silent: true,
        symbol: 'none',
        clip: false,
        lineStyle: {
          color: accent(places[sweep.store]),
          width: BAR,
          cap: 'butt',
          opacity: 0.85,
        },
        data:
          sweep.most_shoppers === null
            ? []
            : [
                [axis.min, row + 0.7],
                [log10(sweep.most_shoppers), row + 0.7],
              ],
      })),
    ],
  })
}

/** Above its bar, what is deployed and where it ends. */
function rowLabels(
  { deployment, sweep }: StoreLimits['curves'][number],
  row: number,
  frame: Frame,
  places: Readonly<Record<StoreName, number>>,
): Label[] {
  const y = frame.top + ROW * row + 24
  return [
    {
      x: frame.left,
      y,
      text: deployment,
      anchor: 'start',
      color: accent(places[sweep.store]),
      bold: true,
    },
    {
      x: frame.width - frame.right,
      y,
      text: endOf(sweep),
      anchor: 'end',
      color: 'var(--ink)',
    },
  ]
}

function endOf({ most_shoppers, limit }: StoreLimits['curves'][number]['sweep']): string {
  if (most_shoppers === null) return 'not even the fewest'
  return limit === null
    ? `${countText(most_shoppers)} and more`
    : `${countText(most_shoppers)}: ${LIMITS[limit].name}`
}

/** The name of a shop at its peak, each on a line of its own. */
function peakLabel(
  { name, peak_shoppers }: Scenario,
  row: number,
  frame: Frame,
  axis: ReturnType<typeof logAxis>,
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
