import type { Section } from '../model.ts'
import { type BlockDots, blocksPlot } from '../plots/blocks-plot.ts'
import { blockRemarks } from './block-remarks.ts'
import type { LoadFindings } from './findings.ts'
import { slotTable } from './slot-table.ts'
import { timeIn } from './slot-time.ts'
import { metricWords } from './words.ts'

/** Every block by itself: the evidence that the ratios are made of. */
export function blocksSection(findings: LoadFindings): Section {
  const names = shownMetrics(findings)
  return {
    id: 'blocks',
    title: 'Block by block',
    chapter: 'Speed',
    contents: [
      {
        kind: 'prose',
        prose: [
          'A block is one run of every side, close together and with the same requests. Whatever disturbs a block disturbs thousands of requests at once, so the block is what the statistics count.',
        ],
      },
      {
        kind: 'plots',
        about:
          'A line joins the dots of a block. A triangle is over outlying blocks, which count like any other; a cross over invalid ones, in which the load generator was the bottleneck and which are left out.',
        legend: true,
        plots: names.map((name) => {
          const { title, statistic } = metricWords(name)
          return {
            title: `${title}, ${statistic}`,
            draw: () => blocksPlot(name, findings.sides, dotsOf(findings, name)),
          }
        }),
      },
      { kind: 'list', items: blockRemarks(findings) },
      {
        kind: 'details',
        summary: 'Every run of every block',
        contents: [{ kind: 'table', table: slotTable(findings) }],
      },
    ],
  }
}

/** The headline's figure, and the tail of all requests together where there are enough of them. */
function shownMetrics({ pairs }: LoadFindings): string[] {
  const [pair] = pairs
  const tail = ['overall.p99', 'overall.p95'].find((name) =>
    pair?.comparisons.some((c) => c.name === name && c.ratio !== null),
  )
  return [...new Set([pair?.headline?.name, tail].filter((name) => name !== undefined))]
}

/** A block is outlying when it is in any pair. */
function dotsOf(findings: LoadFindings, name: string): BlockDots[] {
  const { pairs, sides, blocks } = findings
  const outlying = new Set(
    pairs.flatMap(({ comparisons }) => {
      const { outliers = [] } = comparisons.find((c) => c.name === name) ?? {}
      return outliers.map((place) => findings.valid[place])
    }),
  )
  const valid = new Set(findings.valid)
  return blocks.map((block) => ({
    block,
    times: sides.map((side) => timeIn(findings, side, block, name)),
    valid: valid.has(block),
    outlying: outlying.has(block),
  }))
}
