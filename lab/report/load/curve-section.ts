import { operationsOf } from '../../blocks/metrics.ts'
import { decodeHistogram, type Histogram, mergeHistograms } from '../../stats/histogram.ts'
import type { ReportSide, Section } from '../model.ts'
import { curvePlot, tailCurve } from '../plots/curve-plot.ts'
import { logAxis } from '../plots/log-axis.ts'
import type { LoadFindings } from './findings.ts'
import { operationWords } from './words.ts'

/** For every share of the requests, how long the slowest of them took: the whole distribution, and its tail above all. */
export function curveSection(findings: LoadFindings, sides: readonly ReportSide[]): Section {
  const groups = [...operationsOf(findings.load.slots), 'overall'].map((group) => ({
    group,
    curves: findings.sides.map(({ side }) => tailCurve(merged(findings, side.key, group))),
  }))
  const axis = logAxis(groups.flatMap(({ curves }) => curves.flat().map(({ ms }) => ms)))
  return {
    id: 'curves',
    title: 'From the fastest request to the slowest',
    short: 'Percentiles',
    chapter: 'Speed',
    contents: [
      {
        kind: 'plots',
        about:
          'How to read it: above 90 on the lower axis stands the time that 90 of 100 requests stayed below, above 99 that of 99 in 100. The slowest requests have as much room as the others, since they are what customers remember. A curve ends where fewer than ten requests are slower.',
        legend: true,
        plots: groups.map(({ group, curves }) => {
          const { title } = operationWords(group)
          return { title, draw: () => curvePlot(group, title, curves, sides, axis) }
        }),
      },
    ],
  }
}

/** Response times of a side in all its valid blocks. */
function merged({ load, valid }: LoadFindings, side: string, group: string): Histogram {
  const counted = new Set(valid)
  const texts = load.slots
    .filter((slot) => slot.side === side && counted.has(slot.block))
    .flatMap(({ result }) => {
      const figures =
        group === 'overall'
          ? result.overall
          : result.operations.find(({ operation }) => operation === group)
      return figures === undefined ? [] : [figures.histograms.response_time]
    })
  return mergeHistograms(texts.map(decodeHistogram))
}
