import type { ReportSide } from '../model.ts'
import { log10, logAxis, tickText } from './log-axis.ts'
import { accent, GRID_LINE, LABEL, MS_NAME, symbol } from './style.ts'
import { drawSvg } from './svg.ts'

/** A second of a run. */
export interface Moment {
  /** Seconds since the first run began. */
  readonly s: number
  readonly ms: number
  /** Place among the sides. */
  readonly side: number
}

/** So many dots a side can be told apart; of more, every n-th is drawn. */
const MOST = 600

/** Response times along the whole comparison, a dot for each second. */
export function timelinePlot(
  id: string,
  title: string,
  moments: readonly Moment[],
  sides: readonly ReportSide[],
): string {
  const axis = logAxis(moments.map(({ ms }) => ms))
  const end = Math.max(1, ...moments.map(({ s }) => s))
  const [unit, seconds] = end > 180 ? (['minutes', 60] as const) : (['seconds', 1] as const)
  const plot = {
    id: `timeline-${id}`,
    width: 360,
    height: 230,
    title: `${title}, along the comparison`,
    description: `Dots for ${sides.map(({ label }) => label).join(', ')} over ${Math.ceil(end / seconds)} ${unit}, on a logarithmic axis of milliseconds.`,
    warning: sides.find(({ warning }) => warning !== null)?.warning ?? null,
  }
  return drawSvg(plot, {
    grid: { left: 46, right: 14, top: 24, bottom: 58 },
    xAxis: {
      type: 'value',
      min: 0,
      max: end / seconds,
      name: `${unit} since the first block began`,
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
    yAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      ...MS_NAME,
      axisLine: { show: false },
      axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
      axisTick: { show: false, customValues: axis.ticks },
      splitLine: GRID_LINE,
    },
    series: sides.map((_, place) => ({
      type: 'scatter',
      silent: true,
      symbol: symbol(place),
      symbolSize: 4.5,
      itemStyle: { color: accent(place), opacity: 0.75 },
      data: thinned(moments.filter(({ side }) => side === place)).map(({ s, ms }) => [
        s / seconds,
        log10(ms),
      ]),
    })),
  })
}

/** Every n-th dot; of those between, the slowest is kept, since stalls are what is looked for. */
function thinned(moments: readonly Moment[]): Moment[] {
  const step = Math.ceil(moments.length / MOST)
  return Array.from({ length: Math.ceil(moments.length / step || 0) }, (_, group) =>
    moments
      .slice(group * step, (group + 1) * step)
      .reduce((slowest, moment) => (moment.ms > slowest.ms ? moment : slowest)),
  )
}
