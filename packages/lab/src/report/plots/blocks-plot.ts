import { log10, logAxis, MS, yAxis } from '../../page/plot/axes.ts'
import { panel } from '../../page/plot/frame.ts'
import { accent, dots, LABEL, line, symbol } from '../../page/plot/series.ts'
import { drawSvg } from '../../page/plot/svg.ts'
import type { ReportSide } from '../model.ts'
import { metricWords, plural } from '../performance/words.ts'
import { warningOf } from './warning.ts'

/** One block: a figure of every store in the order of the report's sides, milliseconds. */
export interface BlockDots {
  readonly block: number
  readonly times: readonly (number | null)[]
  readonly valid: boolean
  readonly outlying: boolean
}

/** The figure of every store in every block, joined by a line within each block. */
export function blocksPlot(
  name: string,
  sides: readonly ReportSide[],
  blocks: readonly BlockDots[],
): string {
  const { title, statistic } = metricWords(name)
  const axis = logAxis(blocks.flatMap(({ times }) => times.filter((time) => time !== null)))
  const count = (of: (block: BlockDots) => boolean) => blocks.filter(of).length
  const plot = {
    id: `blocks-${name.replace('.', '-')}`,
    ...panel(240, { top: 34 }),
    title: `${title}, ${statistic}, by block`,
    description: `${sides.map(({ label }) => label).join(', ')} in ${plural(blocks.length, 'block')}: ${count(({ valid }) => !valid)} invalid, ${count(({ outlying }) => outlying)} outliers. The table of runs has the figures.`,
    warning: warningOf(sides),
  }
  return drawSvg(plot, {
    xAxis: {
      type: 'category',
      data: blocks.map(({ block }) => String(block + 1)),
      name: 'block, in run order',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: LABEL,
      axisLine: { onZero: false, lineStyle: { color: 'var(--muted)' } },
      axisTick: { show: false },
      axisLabel: LABEL,
    },
    yAxis: yAxis(axis, MS, { gap: 18 }),
    series: [
      ...blocks.flatMap(joint),
      ...sides.map((_, place) => dotsOf(blocks, place)),
      ...marks(blocks, axis.max),
    ],
  })
}

/** From the fastest store of a block to its slowest. */
function joint({ times, valid }: BlockDots, index: number): object[] {
  const known = times.filter((time) => time !== null)
  if (known.length < 2) return []
  const ends = [Math.min(...known), Math.max(...known)].map((time) => [index, log10(time)])
  return [line(ends, { color: 'var(--muted)', width: 1.5, opacity: valid ? 0.6 : 0.25 })]
}

function dotsOf(blocks: readonly BlockDots[], place: number): object {
  const color = accent(place)
  const data = blocks.flatMap((block, index) => {
    const time = block.times[place] ?? null
    if (time === null) return []
    const itemStyle = block.valid
      ? { color, opacity: 1 }
      : { color: 'var(--paper)', borderColor: color, borderWidth: 1, opacity: 0.5 }
    return [{ value: [index, log10(time)], itemStyle }]
  })
  return dots(data, { symbol: symbol(place), size: place === 2 ? 10 : 8, color })
}

/** A triangle above each outlier, a cross above each invalid block. */
function marks(blocks: readonly BlockDots[], top: number): object[] {
  return blocks.flatMap(({ valid, outlying }, index) =>
    valid && !outlying
      ? []
      : [
          dots(
            [[index, top]],
            {
              symbol: valid ? 'triangle' : CROSS,
              size: 8,
              color: 'transparent',
              border: 'var(--ink)',
            },
            { clip: false, symbolOffset: [0, -8] },
          ),
        ],
  )
}

const CROSS = 'path://M0 0L8 8M8 0L0 8'
