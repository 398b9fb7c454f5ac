import { operationsOf } from '../../blocks/metrics.ts'
import type { Section } from '../../page/document.ts'
import { logAxis } from '../../page/plot/axes.ts'
import { decodeHistogram, type Histogram, mergeHistograms } from '../../stats/histogram.ts'
import type { ReportSide } from '../model.ts'
import { curvePlot, tailCurve } from '../plots/curve-plot.ts'
import type { LoadFindings } from './findings.ts'
import { operationWords } from './words.ts'

/** Latency by percentile: the whole distribution, with most room for its tail. */
export function curveSection(findings: LoadFindings, sides: readonly ReportSide[]): Section {
  const groups = [...operationsOf(findings.load.slots), 'overall'].map((group) => ({
    group,
    curves: findings.sides.map(({ side }) => tailCurve(merged(findings, side.key, group))),
  }))
  const axis = logAxis(groups.flatMap(({ curves }) => curves.flat().map(({ ms }) => ms)))
  return {
    id: 'curves',
    title: 'Latency by percentile',
    short: 'Percentiles',
    chapter: 'Speed',
    contents: [
      {
        kind: 'plots',
        about:
          'At 99 on the horizontal axis, read the time within which 99 % of the requests completed. The axis is logarithmic in the share of slower requests, which expands the tail. A curve ends where fewer than ten requests are slower.',
        legend: true,
        plots: groups.map(({ group, curves }) => {
          const { title } = operationWords(group)
          return { title, draw: () => curvePlot(group, title, curves, sides, axis) }
        }),
      },
    ],
  }
}

/** Response times of a target in all valid blocks. */
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
