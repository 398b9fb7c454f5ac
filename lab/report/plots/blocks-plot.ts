import { EMULATOR_WORDS } from '../../compare/side.ts'
import type { LoadPair } from '../load/findings.ts'
import { metricWords, plural } from '../load/words.ts'
import { log10, logAxis, tickText } from './log-axis.ts'
import { accent, GRID_LINE, LABEL } from './style.ts'
import { drawSvg } from './svg.ts'

/** One block of a pair: a figure of both sides, milliseconds. */
export interface BlockDots {
  readonly block: number
  readonly a: number | null
  readonly b: number | null
  readonly valid: boolean
  readonly outlying: boolean
}

/** Both sides of every block as two joined dots. */
export function blocksPlot(name: string, pair: LoadPair, dots: readonly BlockDots[]): string {
  const { a, b, key } = pair
  const { title, statistic } = metricWords(name)
  const times = dots.flatMap((dot) => [dot.a, dot.b].filter((time) => time !== null))
  const axis = logAxis(times)
  const left = dots.filter(({ valid }) => !valid).length
  const plot = {
    id: `blocks-${key.replace(':', '-')}-${name.replace('.', '-')}`,
    width: 360,
    height: 230,
    title: `${title}, ${statistic}: every block`,
    description: `${a.side.label} and ${b.side.label} in ${plural(dots.length, 'block')}, of which ${left} invalid and ${dots.filter(({ outlying }) => outlying).length} outlying. The figures are in the table of all runs.`,
    warning: [a.side, b.side].some(({ emulator }) => emulator) ? EMULATOR_WORDS : null,
  }
  return drawSvg(plot, {
    grid: { left: 46, right: 14, top: 24, bottom: 58 },
    xAxis: {
      type: 'category',
      data: dots.map(({ block }) => String(block + 1)),
      name: 'block, in the order of the run',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: false },
      axisLabel: LABEL,
    },
    yAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      name: 'ms',
      nameGap: 8,
      nameTextStyle: LABEL,
      axisLine: { show: false },
      axisTick: { show: false, customValues: axis.ticks },
      axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
      splitLine: GRID_LINE,
    },
    series: [
      ...dots.flatMap(joint),
      side(dots, a.place, 'a'),
      side(dots, b.place, 'b'),
      ...marks(dots, axis.max),
    ],
  })
}

function joint({ a, b, valid }: BlockDots, index: number): object[] {
  if (a === null || b === null) return []
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color: 'var(--muted)', width: 1.5, opacity: valid ? 0.6 : 0.25 },
      data: [
        [index, log10(a)],
        [index, log10(b)],
      ],
    },
  ]
}

function side(dots: readonly BlockDots[], place: number, which: 'a' | 'b'): object {
  const color = accent(place)
  return {
    type: 'scatter',
    silent: true,
    symbol: place === 0 ? 'circle' : place === 1 ? 'rect' : 'diamond',
    symbolSize: place === 2 ? 10 : 8,
    data: dots.flatMap((dot, index) => {
      const time = dot[which]
      if (time === null) return []
      const itemStyle = dot.valid
        ? { color, opacity: 1 }
        : { color: 'var(--paper)', borderColor: color, borderWidth: 1, opacity: 0.5 }
      return [{ value: [index, log10(time)], itemStyle }]
    }),
  }
}

/** Above a block what is special about it: a triangle over an outlying one, a cross over an invalid one. */
function marks(dots: readonly BlockDots[], top: number): object[] {
  const special = dots.flatMap(({ valid, outlying }, index) =>
    valid && !outlying ? [] : [{ index, valid }],
  )
  return special.map(({ index, valid }) => ({
    type: 'scatter',
    silent: true,
    clip: false,
    symbol: valid ? 'triangle' : CROSS,
    symbolSize: 8,
    symbolOffset: [0, -8],
    itemStyle: {
      color: 'transparent',
      borderColor: 'var(--ink)',
      borderWidth: 1.5,
      opacity: 1,
    },
    data: [[index, top]],
  }))
}

const CROSS = 'path://M0 0L8 8M8 0L0 8'
