import type { OperationSamples, ReportSide } from '../model.ts'
import { type LogAxis, log10 } from './log-axis.ts'
import { accent, dash, shareAxis, timeAxis } from './style.ts'
import { drawSvg } from './svg.ts'

/** For every time, the share of answers that had come by then: one stepped line a side. */
export function sharePlot(
  sides: readonly ReportSide[],
  operation: OperationSamples,
  axis: LogAxis,
): string {
  const plot = {
    id: `share-${operation.operation}`,
    width: 360,
    height: 250,
    title: `${operation.title}: share of answers by response time`,
    description: `Cumulative distribution of response times on a logarithmic axis, one line each for ${sides.map(({ label }) => label).join(', ')}. The figures are in the table of percentiles.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
  }
  return drawSvg(plot, {
    grid: { left: 46, right: 12, top: 12, bottom: 58, containLabel: false },
    xAxis: timeAxis(axis),
    yAxis: shareAxis(),
    series: operation.samples.map((times, place) => ({
      type: 'line',
      step: 'end',
      symbol: 'none',
      silent: true,
      clip: false,
      lineStyle: { color: accent(place), width: 2, type: dash(place) },
      data: steps(times),
    })),
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
