import { log10, logAxis, rowAxis, xAxis } from '../../page/plot/axes.ts'
import { panel } from '../../page/plot/frame.ts'
import { accent, dots, line } from '../../page/plot/series.ts'
import { drawSvg, type Label } from '../../page/plot/svg.ts'

/** The lag of a generator in milliseconds, without those that need more samples, and how busy it was. */
export interface GeneratorLag {
  readonly name: string
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
  /** 0-1. */
  readonly utilisation: number
}

const ROW = 40

/** The lag of each generator: from its median to its maximum, with a bar at P99. */
export function generatorsPlot(generators: readonly GeneratorLag[]): string {
  const timesOf = ({ p50, p99, max }: GeneratorLag) => [p50, p99, max].flatMap((ms) => ms ?? [])
  const axis = logAxis(generators.flatMap(timesOf))
  const frame = panel(ROW * generators.length + 64, { left: 12, right: 12, top: 6 })
  const plot = {
    ...frame,
    id: 'generators',
    title: 'Lag of each generator',
    description: `A row for each of ${generators.length} generators on a logarithmic axis of milliseconds: a line from the median to the maximum, a bar at P99. The table of generators has the figures.`,
    warning: null,
    labels: generators.map(
      ({ name, utilisation }, place): Label => ({
        x: frame.left + 4,
        y: frame.top + ROW * (place + 0.3) + 4,
        text: `${name}: ${Math.round(100 * utilisation)} % busy`,
        anchor: 'start',
        color: 'var(--ink)',
      }),
    ),
  }
  return drawSvg(plot, {
    xAxis: xAxis(axis, 'lag, ms (log scale)', { grid: true }),
    yAxis: rowAxis(generators.length),
    series: generators.flatMap((generator, place) => {
      const y = place + 0.7
      const at = (ms: number | null) => (ms === null ? [] : [[log10(ms), y]])
      const { p50, p99, max } = generator
      return [
        line([...at(p50), ...at(max)], { color: accent(0), width: 2, opacity: 0.5 }),
        dots([...at(p50), ...at(max)], { size: 7, color: accent(0) }),
        dots(at(p99), { symbol: 'rect', size: [2.5, 16], color: accent(0) }),
      ]
    }),
  })
}
