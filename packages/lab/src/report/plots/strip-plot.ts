import { type LogAxis, log10, rowAxis, timeAxis } from '../../page/plot/axes.ts'
import { panel, shortened } from '../../page/plot/frame.ts'
import { accent, dots, line } from '../../page/plot/series.ts'
import { drawSvg, type Label } from '../../page/plot/svg.ts'
import { percentile } from '../../stats/percentile.ts'
import type { OperationSamples, ReportSide } from '../model.ts'
import { warningOf } from './warning.ts'

const ROW = 62

/** Every response time as a dot, a row for each store, with a bar for the interquartile range and a mark at the median. */
export function stripPlot(
  sides: readonly ReportSide[],
  { operation, title, samples }: OperationSamples,
  axis: LogAxis,
): string {
  const frame = panel(ROW * sides.length + 64, { left: 12, right: 12, top: 6 })
  const plot = {
    ...frame,
    id: `strip-${operation}`,
    title: `${title}: every response time`,
    description: `One dot per response on a logarithmic axis, in one row each for ${sides.map(({ label }) => label).join(', ')}. A bar marks the interquartile range, a line the median. The table of percentiles has the figures.`,
    warning: warningOf(sides),
    labels: sides.map(
      ({ label }, place): Label => ({
        x: frame.left + 4,
        y: frame.top + ROW * (place + 0.2) + 4,
        text: shortened(label, 48),
        anchor: 'start',
        color: 'var(--ink)',
      }),
    ),
  }
  return drawSvg(plot, {
    xAxis: timeAxis(axis),
    yAxis: rowAxis(sides.length),
    series: samples.flatMap(row),
  })
}

function row(times: readonly number[], place: number): object[] {
  if (times.length === 0) return []
  const logs = times.map(log10)
  const sorted = [...logs].sort((a, b) => a - b)
  const y = place + 0.66
  const color = accent(place)
  return [
    dots(
      logs.map((log, index) => [log, y + spread(index)]),
      { size: 5, color, opacity: 0.55 },
    ),
    line(
      [25, 75].map((p) => [percentile(sorted, p), y]),
      { color, width: 22, opacity: 0.22, cap: 'butt' },
    ),
    dots([[percentile(sorted, 50), y]], { symbol: 'rect', size: [2.5, 26], color }),
  ]
}

/** A reproducible vertical offset that keeps dots apart: multiples of the golden ratio. */
function spread(index: number): number {
  return (((index * 0.618034) % 1) - 0.5) * 0.4
}
