import { details, items, paragraph, type Section, tabular } from '../../page/document.ts'
import type { ReportSide } from '../model.ts'
import { type BlockDots, blocksPlot } from '../plots/blocks-plot.ts'
import { blockRemarks } from './block-remarks.ts'
import type { LoadFindings } from './findings.ts'
import { slotTable } from './slot-table.ts'
import { timeIn } from './slot-time.ts'
import { metricWords } from './words.ts'

/** The results of each block, from which the ratios are computed. */
export function blocksSection(findings: LoadFindings, sides: readonly ReportSide[]): Section {
  const names = shownMetrics(findings)
  return {
    id: 'blocks',
    title: 'Results by block',
    chapter: 'Speed',
    contents: [
      paragraph(
        'A block is one run of every target in immediate succession with the same requests. Requests within a run are not independent, so the sample size of the statistics is the number of blocks.',
      ),
      {
        kind: 'plots',
        about:
          'A line joins the dots of a block. A triangle marks outliers, which are included. A cross marks invalid blocks, in which the load generator was the bottleneck; they are excluded.',
        legend: true,
        plots: names.map((name) => {
          const { title, statistic } = metricWords(name)
          return {
            title: `${title}, ${statistic}`,
            draw: () => blocksPlot(name, sides, dotsOf(findings, name)),
          }
        }),
      },
      items(blockRemarks(findings)),
      details('All runs of all blocks', tabular(slotTable(findings))),
    ],
  }
}

/** The headline's figure, and the tail latency of all requests if there are enough of them. */
function shownMetrics({ pairs }: LoadFindings): string[] {
  const [pair] = pairs
  const tail = ['overall.p99', 'overall.p95'].find((name) =>
    pair?.comparisons.some((c) => c.name === name && c.ratio !== null),
  )
  return [...new Set([pair?.headline?.name, tail].filter((name) => name !== undefined))]
}

/** A block is an outlier if it is one in any pair. */
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
