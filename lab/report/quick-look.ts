import { summarise } from '../stats/summarise.ts'
import { OPERATIONS } from '../workload/perf-record.ts'
import { RULE } from './contest.ts'
import { milliseconds } from './format.ts'
import type { Content, OperationSamples, Prose, ReportSide, Section, Table } from './model.ts'
import { operationsTable } from './operations-table.ts'
import type { Opponent } from './opponent.ts'
import { overallTable } from './overall-table.ts'
import { percentileTable } from './percentile-table.ts'
import { type LogAxis, logAxis } from './plots/log-axis.ts'
import { sharePlot } from './plots/share-plot.ts'
import { stripPlot } from './plots/strip-plot.ts'
import { OPERATION_TITLES } from './records.ts'
import { attributeTable, from, sourceOf } from './sources.ts'

/** The first side against one of the others, by the quick look. */
export interface QuickComparison {
  readonly title: string
  readonly overall: Table
  readonly operations: Table
}

const MARGIN_NOTE = `Margin: how much less time the faster one took. ${RULE}`

export function quickComparison(a: Opponent, b: Opponent): QuickComparison {
  const attributed = (table: Table) => attributeTable(table, sourceOf.quickLook)
  return {
    title: `${a.side.label} against ${b.side.label}`,
    overall: attributed(overallTable(a, b, [MARGIN_NOTE])),
    operations: attributed(operationsTable(a, b, [])),
  }
}

/** The comparisons and the plots; with a load before them, in one section of their own. */
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
        title: 'Quick look: one request after another',
        short: 'Quick look',
        chapter: 'Speed',
        contents: [
          { kind: 'prose', prose: mediansProse(opponents) },
          {
            kind: 'details',
            summary: 'All operations, each operation, and how the times spread',
            contents: [
              ...comparisons.map(({ overall, title }, place) =>
                table({ ...once(overall, place), caption: title }),
              ),
              ...comparisons.map(({ operations, title }) =>
                table({ ...operations, caption: `${title}, each operation` }),
              ),
              ...times,
            ],
          },
        ],
      },
    ]
  return [
    ...comparisons.map(
      ({ title, overall, operations }, place): Section => ({
        id: `pair-${place + 1}`,
        title,
        chapter: 'Speed',
        contents: [table(once(overall, place)), table(operations)],
      }),
    ),
    { id: 'times', title: 'Response times', chapter: 'Speed', contents: times },
  ]
}

/** What a request takes when nothing else happens. */
function mediansProse(opponents: readonly Opponent[]): Prose {
  const [first] = opponents
  const medians = opponents.flatMap(({ side, run }, place): Prose => {
    const { p50 } = summarise(run.all)
    const figure = milliseconds(`overall.p50.${side.key}`, p50)
    return [`${place === 0 ? '' : '; '}${side.label} `, from(sourceOf.quickLook(side.key), figure)]
  })
  return [
    `${first?.run.all.length ?? 0} operations on each side from one client, without any load and in one run: what a request takes when nothing else happens. Median: `,
    ...medians,
    '.',
  ]
}

/** Small print is said under the first of several tables. */
function once(of: Table, place: number): Table {
  return place === 0 ? of : { ...of, notes: [] }
}

function table(of: Table): Content {
  return { kind: 'table', table: of }
}

/** The latency distributions: drawn twice, and once as a table. */
function responseTimes(opponents: readonly Opponent[], sides: readonly ReportSide[]): Content[] {
  const operations = OPERATIONS.map((operation) => ({
    operation,
    title: OPERATION_TITLES[operation],
    samples: opponents.map(({ run }) =>
      run.all
        .filter((record) => record.success && record.operation === operation)
        .map((record) => record.response_time),
    ),
  }))
  // One axis for all, so that operations can be compared as well as sides.
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
    [],
  )
  return [
    { kind: 'heading', text: 'Every answer' },
    {
      kind: 'plots',
      about:
        'Each dot is one answer. The bar spans the middle half of them, the line is the median. Further left is faster; equal distances are equal ratios.',
      legend: false,
      plots: drawn(stripPlot),
    },
    { kind: 'heading', text: 'How many answers came within a given time' },
    {
      kind: 'plots',
      about:
        'A line that rises further left is faster. Where it reaches 50 % is the median; the flat end at the top is the slow tail.',
      legend: true,
      plots: drawn(sharePlot),
    },
    {
      kind: 'details',
      summary: 'The same as a table',
      contents: [table(attributeTable(percentiles, sourceOf.quickLook))],
    },
  ]
}
