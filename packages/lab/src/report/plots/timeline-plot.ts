import type { Series } from '../../page/document.ts'
import { log10, logAxis, MS, yAxis } from '../../page/plot/axes.ts'
import { panel } from '../../page/plot/frame.ts'
import { accent, dots, LABEL, symbol } from '../../page/plot/series.ts'
import { drawSvg } from '../../page/plot/svg.ts'
import { warningOf } from './warning.ts'

/** A second of a run. */
export interface Moment {
  /** Seconds since the start. */
  readonly s: number
  readonly ms: number
  /** Index of the series. */
  readonly side: number
}

/** Maximum number of dots of a series; of more, only every n-th is drawn. */
const MOST = 600

/** What a timeline shows. */
export interface Timeline {
  readonly id: string
  readonly title: string
  /** All of it, such as `the whole comparison`. */
  readonly whole: string
  /** Where its time starts, such as `the start of the first block`. */
  readonly start: string
  readonly moments: readonly Moment[]
}

/** Times by the second, a dot for each. */
export function timelinePlot(
  { id, title, whole, start, moments }: Timeline,
  series: readonly Series[],
): string {
  const axis = logAxis(moments.map(({ ms }) => ms))
  const end = Math.max(1, ...moments.map(({ s }) => s))
  const [unit, seconds] = end > 180 ? (['minutes', 60] as const) : (['seconds', 1] as const)
  const plot = {
    id: `timeline-${id}`,
    ...panel(230, { top: 24 }),
    title: `${title}, over ${whole}`,
    description: `Dots for ${series.map(({ label }) => label).join(', ')} over ${Math.ceil(end / seconds)} ${unit}, on a logarithmic axis of milliseconds.`,
    warning: warningOf(series),
  }
  return drawSvg(plot, {
    xAxis: {
      type: 'value',
      min: 0,
      max: end / seconds,
      name: `${unit} since ${start}`,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisLabel: {
        ...LABEL,
        formatter: (n: number) => String(Math.round(n * 10) / 10),
        showMaxLabel: false,
      },
      splitLine: { show: false },
      splitNumber: 5,
    },
    yAxis: yAxis(axis, MS),
    series: series.map((_, place) =>
      dots(
        thinned(moments.filter(({ side }) => side === place)).map(({ s, ms }) => [
          s / seconds,
          log10(ms),
        ]),
        { symbol: symbol(place), size: 4.5, color: accent(place), opacity: 0.75 },
      ),
    ),
  })
}

/** Every n-th dot, each the slowest of its n, so that stalls stay visible. */
function thinned(moments: readonly Moment[]): Moment[] {
  const step = Math.ceil(moments.length / MOST)
  return Array.from({ length: Math.ceil(moments.length / step || 0) }, (_, group) =>
    moments
      .slice(group * step, (group + 1) * step)
      .reduce((slowest, moment) => (moment.ms > slowest.ms ? moment : slowest)),
  )
}
