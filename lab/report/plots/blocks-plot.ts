import { EMULATOR_WORDS } from '../../compare/side.ts'
import type { LoadSide } from '../load/findings.ts'
import { metricWords, plural } from '../load/words.ts'
import { log10, logAxis, tickText } from './log-axis.ts'
import { accent, GRID_LINE, LABEL, MS_NAME, symbol } from './style.ts'
import { drawSvg } from './svg.ts'

/** One block: a figure of every side in the order of the sides, milliseconds. */
export interface BlockDots {
  readonly block: number
  readonly times: readonly (number | null)[]
  readonly valid: boolean
  readonly outlying: boolean
}

/** All sides of every block as joined dots. */
export function blocksPlot(
  name: string,
  sides: readonly LoadSide[],
  dots: readonly BlockDots[],
): string {
  const { title, statistic } = metricWords(name)
  const times = dots.flatMap((dot) => dot.times.filter((time) => time !== null))
  const axis = logAxis(times)
  const left = dots.filter(({ valid }) => !valid).length
  const plot = {
    id: `blocks-${name.replace('.', '-')}`,
    width: 360,
    height: 240,
    title: `${title}, ${statistic}: every block`,
    description: `${sides.map(({ side }) => side.label).join(', ')} in ${plural(dots.length, 'block')}, of which ${left} invalid and ${dots.filter(({ outlying }) => outlying).length} outlying. The figures are in the table of all runs.`,
    warning: sides.some(({ side }) => side.emulator) ? EMULATOR_WORDS : null,
  }
  return drawSvg(plot, {
    grid: { left: 46, right: 14, top: 34, bottom: 58 },
    xAxis: {
      type: 'category',
      data: dots.map(({ block }) => String(block + 1)),
      name: 'block, in the order of the run',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: false },
      axisLabel: LABEL,
    },
    yAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      ...MS_NAME,
      nameGap: 18,
      axisLine: { show: false },
      axisTick: { show: false, customValues: axis.ticks },
      axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
      splitLine: GRID_LINE,
    },
    series: [
      ...dots.flatMap(joint),
      ...sides.map(({ place }) => dotsOf(dots, place)),
      ...marks(dots, axis.max),
    ],
  })
}

/** From the fastest side of a block to its slowest. */
function joint({ times, valid }: BlockDots, index: number): object[] {
  const known = times.filter((time) => time !== null)
  if (known.length < 2) return []
  return [
    {
      type: 'line',
      silent: true,
      symbol: 'none',
      clip: false,
      lineStyle: { color: 'var(--muted)', width: 1.5, opacity: valid ? 0.6 : 0.25 },
      data: [Math.min(...known), Math.max(...known)].map((time) => [index, log10(time)]),
    },
  ]
}

function dotsOf(dots: readonly BlockDots[], place: number): object {
  const color = accent(place)
  return {
    type: 'scatter',
    silent: true,
    symbol: symbol(place),
    symbolSize: place === 2 ? 10 : 8,
    data: dots.flatMap((dot, index) => {
      const time = dot.times[place] ?? null
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
