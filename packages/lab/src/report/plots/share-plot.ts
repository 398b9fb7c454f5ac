import { type LogAxis, log10, shareAxis, timeAxis } from '../../page/plot/axes.ts'
import { panel } from '../../page/plot/frame.ts'
import { accent, dash, line } from '../../page/plot/series.ts'
import { drawSvg } from '../../page/plot/svg.ts'
import type { OperationSamples, ReportSide } from '../model.ts'
import { warningOf } from './warning.ts'

/** Cumulative distribution of response times, one step line for each store. */
export function sharePlot(
  sides: readonly ReportSide[],
  { operation, title, samples }: OperationSamples,
  axis: LogAxis,
): string {
  const plot = {
    id: `share-${operation}`,
    ...panel(250, { right: 12 }),
    title: `${title}: cumulative distribution of response times`,
    description: `One line each for ${sides.map(({ label }) => label).join(', ')}, on a logarithmic time axis. The table of percentiles has the figures.`,
    warning: warningOf(sides),
  }
  return drawSvg(plot, {
    xAxis: timeAxis(axis),
    yAxis: shareAxis(),
    series: samples.map((times, place) =>
      line(steps(times), { color: accent(place), width: 2, type: dash(place) }, { step: 'end' }),
    ),
  })
}

function steps(times: readonly number[]): [number, number][] {
  const sorted = times.map(log10).sort((a, b) => a - b)
  const [fastest] = sorted
  if (fastest === undefined) return []
  return [
    [fastest, 0],
    ...sorted.map((time, index): [number, number] => [time, (100 * (index + 1)) / sorted.length]),
  ]
}
