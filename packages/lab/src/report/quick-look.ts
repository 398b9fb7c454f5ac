import {
  type Content,
  details,
  heading,
  type Prose,
  paragraph,
  type Section,
  type Table,
  tabular,
} from '../page/document.ts'
import { type LogAxis, logAxis } from '../page/plot/axes.ts'
import { CORE_OPERATIONS } from '../results/operations.ts'
import { summarise } from '../stats/summarise.ts'
import { RULE } from './contest.ts'
import { milliseconds } from './format.ts'
import type { OperationSamples, ReportSide } from './model.ts'
import { operationsTable } from './operations-table.ts'
import type { Opponent } from './opponent.ts'
import { overallTable } from './overall-table.ts'
import { percentileTable } from './percentile-table.ts'
import { operationWords } from './performance/words.ts'
import { sharePlot } from './plots/share-plot.ts'
import { stripPlot } from './plots/strip-plot.ts'
import { attributeTable, from, sourceOf } from './sources.ts'

/** The first target compared with one of the others. */
export interface QuickComparison {
  readonly title: string
  readonly overall: Table
  readonly operations: Table
}

const MARGIN_NOTE = `Margin: how much less time the faster target took. ${RULE}`

export function quickComparison(a: Opponent, b: Opponent): QuickComparison {
  const attributed = (table: Table) => attributeTable(table, sourceOf.quickLook)
  return {
    title: `${a.side.label} against ${b.side.label}`,
    overall: attributed(overallTable(a, b, [MARGIN_NOTE])),
    operations: attributed(operationsTable(a, b)),
  }
}

/** The comparisons and the plots; after a load, in one section. */
export function quickSections(
  comparisons: readonly QuickComparison[],
  opponents: readonly Opponent[],
  sides: readonly ReportSide[],
  afterLoad: boolean,
): Section[] {
  const times = responseTimes(opponents, sides)
  if (afterLoad)
    return [
      {
        id: 'quick-look',
        title: 'Quick look: one request at a time',
        short: 'Quick look',
        chapter: 'Speed',
        contents: [
          paragraph(...mediansProse(opponents)),
          details(
            'Tables and distributions by operation',
            ...comparisons.map(({ overall, title }, place) =>
              tabular({ ...once(overall, place), caption: title }),
            ),
            ...comparisons.map(({ operations, title }) =>
              tabular({ ...operations, caption: `${title}, by operation` }),
            ),
            ...times,
          ),
        ],
      },
    ]
  return [
    ...comparisons.map(
      ({ title, overall, operations }, place): Section => ({
        id: `pair-${place + 1}`,
        title,
        chapter: 'Speed',
        contents: [tabular(once(overall, place)), tabular(operations)],
      }),
    ),
    { id: 'times', title: 'Response times', chapter: 'Speed', contents: times },
  ]
}

/** Medians of all targets, without load. */
function mediansProse(opponents: readonly Opponent[]): Prose {
  const [first] = opponents
  const medians = opponents.flatMap(({ side, run }, place): Prose => {
    const { p50 } = summarise(run.all)
    const figure = milliseconds(`overall.p50.${side.key}`, p50)
    return [`${place === 0 ? '' : '; '}${side.label} `, from(sourceOf.quickLook(side.key), figure)]
  })
  return [
    `One run of ${first?.run.all.length ?? 0} operations per target, from one client without other load. Median: `,
    ...medians,
    '.',
  ]
}

/** Only the first of several tables has the notes. */
function once(of: Table, place: number): Table {
  return place === 0 ? of : { ...of, notes: [] }
}

/** The latency distributions: two kinds of plots, and a table. */
function responseTimes(opponents: readonly Opponent[], sides: readonly ReportSide[]): Content[] {
  const operations = CORE_OPERATIONS.map((operation) => ({
    operation,
    title: operationWords(operation).title,
    samples: opponents.map(({ run }) =>
      run.all
        .filter((record) => record.success && record.operation === operation)
        .map((record) => record.response_time),
    ),
  }))
  // All plots share an axis, so that operations can be compared, too.
  const axis = logAxis(operations.flatMap(({ samples }) => samples.flat()))
  const drawn = (
    plot: (sides: readonly ReportSide[], of: OperationSamples, axis: LogAxis) => string,
  ) =>
    operations.map((operation) => ({
      title: operation.title,
      draw: () => plot(sides, operation, axis),
    }))
  const percentiles = percentileTable(
    opponents.map(({ side }) => side),
    operations,
  )
  return [
    heading('Every response'),
    {
      kind: 'plots',
      about:
        'Each dot is one response. The bar spans the interquartile range, the line marks the median. The axis is logarithmic: equal distances are equal ratios.',
      legend: false,
      plots: drawn(stripPlot),
    },
    heading('Cumulative distribution'),
    {
      kind: 'plots',
      about:
        'The share of responses within a given time. The line crosses 50 % at the median; its flat upper end is the tail.',
      legend: true,
      plots: drawn(sharePlot),
    },
    details('Percentiles as a table', tabular(attributeTable(percentiles, sourceOf.quickLook))),
  ]
}
