import { EMULATOR_WORDS } from '../../compare/side.ts'
import type { BlockComparison } from '../../stats/compare-blocks.ts'
import { ratioText } from '../format.ts'
import type { LoadPair } from '../load/findings.ts'
import { metricWords } from '../load/words.ts'
import { gridOf, shortened } from './frame.ts'
import { accent, LABEL, ratioAxis, ruler } from './style.ts'
import { drawSvg, type Label } from './svg.ts'

const ROW = 24
/** Characters of a side's name that have room. */
const NAME = 26

/**
 * One row a figure: the ratio as a dot, its interval as a line, both as numbers, and the margin as a band behind them.
 *
 * @param conclusive whether the blocks allow verdicts, which are shown in the colour of the faster side
 */
export function forestPlot(
  { a, b, key, comparisons }: LoadPair,
  margin: number,
  conclusive: boolean,
): string {
  const measured = comparisons.filter(({ ratio, interval }) => ratio !== null && interval !== null)
  const ends = measured.flatMap(({ interval }) => [interval?.low ?? 1, interval?.high ?? 1])
  const axis = ratioAxis([...ends, 1 + margin, 1 / (1 + margin)])
  const frame = {
    width: 360,
    height: ROW * measured.length + 98,
    left: 92,
    right: 98,
    top: 34,
    bottom: 64,
  }
  const colorOf = ({ verdict }: BlockComparison) =>
    !conclusive
      ? null
      : verdict === 'a_faster'
        ? accent(a.place)
        : verdict === 'b_faster'
          ? accent(b.place)
          : null
  const plot = {
    ...frame,
    id: `forest-${key.replace(':', '-')}`,
    title: `Ratio of the times of ${b.side.label} to those of ${a.side.label}`,
    description: `${measured.map(describe).join('; ')}. Above 1 ${a.side.label} is faster.`,
    warning: [a.side, b.side].some(({ emulator }) => emulator) ? EMULATOR_WORDS : null,
    labels: [
      ...directions(frame.width, a.place, b.place, [a.side.label, b.side.label]),
      ...measured.map(
        (comparison, row): Label => ({
          x: frame.width,
          y: frame.top + ROW * (row + 0.5) + 4,
          text: numbers(comparison),
          anchor: 'end',
          color: colorOf(comparison) ?? 'var(--muted)',
          bold: colorOf(comparison) !== null,
        }),
      ),
      {
        x: frame.width / 2,
        y: frame.height - 24,
        text: `time of ${shortened(b.side.label, NAME)} / time of ${shortened(a.side.label, NAME)}`,
        anchor: 'middle',
      } satisfies Label,
    ],
  }
  return drawSvg(plot, {
    grid: gridOf(frame),
    xAxis: axis.option(''),
    yAxis: {
      type: 'category',
      inverse: true,
      data: measured.map(({ name }) => {
        const { short, statistic } = metricWords(name)
        return `${short}  ${SHORT[statistic] ?? statistic}`
      }),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...LABEL, color: 'var(--ink)' },
    },
    series: [
      band(margin),
      ruler({ xAxis: 0 }, { type: 'solid' }),
      ...measured.flatMap((comparison, row) => rowSeries(comparison, row, colorOf(comparison))),
    ],
  })
}

const SHORT: Readonly<Record<string, string>> = { 'Time per operation': 'time each' }

/** Above the first row, which end is whose. */
function directions(
  width: number,
  a: number,
  b: number,
  [first, second]: readonly [string, string],
): Label[] {
  const common = { y: 14, bold: true }
  return [
    {
      ...common,
      x: 0,
      text: `faster: ${shortened(second, NAME)}`,
      anchor: 'start',
      color: accent(b),
    },
    {
      ...common,
      x: width,
      text: `faster: ${shortened(first, NAME)}`,
      anchor: 'end',
      color: accent(a),
    },
  ]
}

/** Ratios that do not matter. */
function band(margin: number): object {
  const end = Math.log10(1 + margin)
  return {
    type: 'line',
    silent: true,
    data: [],
    lineStyle: { color: 'var(--muted)' },
    markArea: {
      silent: true,
      itemStyle: { color: 'var(--muted)', opacity: 0.14 },
      data: [[{ xAxis: -end }, { xAxis: end }]],
    },
  }
}

function rowSeries(
  { ratio, interval, verdict }: BlockComparison,
  row: number,
  sure: string | null,
): object[] {
  if (ratio === null || interval === null) return []
  const color = sure ?? 'var(--muted)'
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color, width: 2 },
      data: [interval.low, interval.high].map((end) => [Math.log10(end), row]),
    },
    {
      type: 'scatter',
      silent: true,
      symbol: verdict === 'b_faster' ? 'rect' : 'circle',
      symbolSize: 9,
      itemStyle: {
        color: sure ?? 'var(--paper)',
        borderColor: color,
        borderWidth: 2,
        opacity: 1,
      },
      data: [[Math.log10(ratio), row]],
    },
  ]
}

/** `1.69 (1.55–1.78)`. */
function numbers({ ratio, interval }: BlockComparison): string {
  const show = (value: number | undefined) => ratioText(value ?? 1)
  return `${show(ratio ?? 1)} (${show(interval?.low)}–${show(interval?.high)})`
}

function describe(comparison: BlockComparison): string {
  const { title, statistic } = metricWords(comparison.name)
  return `${title} ${statistic} ${numbers(comparison).replace('–', ' to ')}`
}
