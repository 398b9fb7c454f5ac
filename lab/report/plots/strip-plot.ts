import { percentile } from '../../stats/percentile.ts'
import type { OperationSamples, ReportSide } from '../model.ts'
import { type LogAxis, log10 } from './log-axis.ts'
import { accent, timeAxis } from './style.ts'
import { drawSvg } from './svg.ts'

const ROW_HEIGHT = 62

/** Every answer as a dot, one row a side; over the dots the middle half as a bar and the median as a mark. */
export function stripPlot(
  sides: readonly ReportSide[],
  operation: OperationSamples,
  axis: LogAxis,
): string {
  const plot = {
    id: `strip-${operation.operation}`,
    width: 360,
    height: ROW_HEIGHT * sides.length + 64,
    title: `${operation.title}: every response time`,
    description: `One dot for every answer on a logarithmic axis, in one row each for ${sides.map(({ label }) => label).join(', ')}; a bar marks the middle half, a line the median. The figures are in the table of percentiles.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
  }
  return drawSvg(plot, {
    grid: { left: 12, right: 12, top: 6, bottom: 58 },
    xAxis: timeAxis(axis),
    yAxis: { type: 'value', inverse: true, min: 0, max: sides.length, show: false },
    series: sides.flatMap((side, place) => [
      ...row(operation.samples[place] ?? [], place),
      nameOf(side, place, axis.min),
    ]),
  })
}

function row(times: readonly number[], place: number): object[] {
  if (times.length === 0) return []
  const logs = times.map(log10)
  const sorted = [...logs].sort((a, b) => a - b)
  const y = place + 0.66
  const color = accent(place)
  return [
    {
      type: 'scatter',
      silent: true,
      symbolSize: 5,
      itemStyle: { color, opacity: 0.55 },
      data: logs.map((log, index) => [log, y + spread(index)]),
    },
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color, width: 22, opacity: 0.22, cap: 'butt' },
      data: [25, 75].map((p) => [percentile(sorted, p), y]),
    },
    {
      type: 'scatter',
      silent: true,
      symbol: 'rect',
      symbolSize: [2.5, 26],
      itemStyle: { color, opacity: 1 },
      data: [[percentile(sorted, 50), y]],
    },
  ]
}

/** A vertical offset that keeps dots apart: steps of the golden ratio, even and the same every time. */
function spread(index: number): number {
  return (((index * 0.618034) % 1) - 0.5) * 0.4
}

function nameOf(side: ReportSide, place: number, x: number): object {
  const name = side.label.length > 48 ? `${side.label.slice(0, 47)}…` : side.label
  return {
    type: 'scatter',
    silent: true,
    symbolSize: 0.01,
    itemStyle: { color: 'transparent' },
    label: {
      show: true,
      position: 'right',
      distance: 4,
      color: 'var(--ink)',
      fontSize: 12,
      formatter: () => name,
    },
    data: [[x, place + 0.2]],
  }
}
