import { EMULATOR_WORDS } from '../../compare/side.ts'
import type { BlockComparison } from '../../stats/compare-blocks.ts'
import { ratioText } from '../format.ts'
import type { LoadPair } from '../load/findings.ts'
import { metricWords } from '../load/words.ts'
import { accent, LABEL, ratioAxis } from './style.ts'
import { drawSvg } from './svg.ts'

type Places = readonly [number, number]

const ROW = 24
const SHORT: Readonly<Record<string, string>> = { 'Time per operation': 'Time each' }

/** One row a figure: the ratio as a dot, its interval as a line, and behind them the margin as a band. */
export function forestPlot({ a, b, key, comparisons }: LoadPair, margin: number): string {
  const measured = comparisons.filter(({ ratio }) => ratio !== null)
  const ends = measured.flatMap(({ ratio, interval }) => [
    interval?.low ?? ratio ?? 1,
    interval?.high ?? ratio ?? 1,
  ])
  const axis = ratioAxis([...ends, 1 + margin, 1 / (1 + margin)])
  const plot = {
    id: `forest-${key.replace(':', '-')}`,
    width: 360,
    height: ROW * measured.length + 84,
    title: `Ratio of the times of ${b.side.label} to those of ${a.side.label}`,
    description: `${measured.map(describe).join('; ')}. Above 1 ${a.side.label} is faster.`,
    warning: [a.side, b.side].some(({ emulator }) => emulator) ? EMULATOR_WORDS : null,
  }
  const band = { color: 'var(--muted)', opacity: 0.14 }
  const log = Math.log10
  return drawSvg(plot, {
    grid: { left: 126, right: 14, top: 26, bottom: 58 },
    xAxis: axis.option('time of the second side / first side'),
    yAxis: {
      type: 'category',
      inverse: true,
      data: measured.map(({ name }) => {
        const { title, statistic } = metricWords(name)
        return `${title}  ${SHORT[statistic] ?? statistic}`
      }),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...LABEL, color: 'var(--ink)' },
    },
    series: [
      ...directions(axis.min, axis.max, [a.place, b.place]),
      {
        type: 'line',
        silent: true,
        data: [],
        lineStyle: { color: 'var(--muted)' },
        markArea: {
          silent: true,
          itemStyle: band,
          data: [[{ xAxis: -log(1 + margin) }, { xAxis: log(1 + margin) }]],
        },
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: 'var(--muted)', type: 'solid', width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
      ...measured.flatMap((comparison, row) => rowSeries(comparison, row, [a.place, b.place])),
    ],
  })
}

/** Above the first row, which end is whose. */
function directions(min: number, max: number, [a, b]: Places): object[] {
  const label = (text: string, x: number, align: string, side: number) => ({
    type: 'scatter',
    silent: true,
    symbolSize: 0.01,
    itemStyle: { color: 'transparent' },
    label: {
      show: true,
      ...LABEL,
      color: accent(side),
      formatter: text,
      position: [0, -24],
      align,
    },
    data: [[x, 0]],
  })
  return [label('second faster', min, 'left', b), label('first faster', max, 'right', a)]
}

function rowSeries(
  { ratio, interval, verdict }: BlockComparison,
  row: number,
  [a, b]: Places,
): object[] {
  if (ratio === null) return []
  // So few blocks that there is no interval leave the dot.
  const { low, high } = interval ?? { low: ratio, high: ratio }
  const color =
    verdict === 'a_faster' ? accent(a) : verdict === 'b_faster' ? accent(b) : 'var(--muted)'
  const sure = verdict === 'a_faster' || verdict === 'b_faster'
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color, width: 2 },
      data: [low, high].map((end) => [Math.log10(end), row]),
    },
    {
      type: 'scatter',
      silent: true,
      symbol: verdict === 'b_faster' ? 'rect' : 'circle',
      symbolSize: 9,
      itemStyle: {
        color: sure ? color : 'var(--paper)',
        borderColor: color,
        borderWidth: 2,
        opacity: 1,
      },
      data: [[Math.log10(ratio), row]],
    },
  ]
}

function describe({ name, ratio, interval }: BlockComparison): string {
  const { title, statistic } = metricWords(name)
  const ends =
    interval === null ? 'no interval' : `${ratioText(interval.low)} to ${ratioText(interval.high)}`
  return `${title} ${statistic} ${ratioText(ratio ?? 1)} (${ends})`
}
