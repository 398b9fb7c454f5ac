import {
  columns,
  items,
  muted,
  note,
  paragraph,
  type Row,
  type Section,
  type Series,
  type Table,
  tabular,
  text,
} from '../../page/document.ts'
import type { ImportedResult } from '../../results/imported-result.ts'
import type { Latency, LoadResult } from '../../results/load-result.ts'
import { readableTime } from '../circumstances.ts'
import { count, milliseconds, NOTHING, percentage, quantity } from '../format.ts'
import { loadWords, operationWords } from '../performance/words.ts'
import { generatorsPlot } from '../plots/generators-plot.ts'
import { curvesSection, lagPictures, seriesOf, timelineSection } from './load-plots.ts'

/** The report of one run of a load: the figures of its result file, and what they cannot say. */
export interface LoadReport {
  readonly title: string
  readonly subtitle: string
  readonly headline: string
  readonly sections: readonly Section[]
  /** What the plots show. */
  readonly series: readonly Series[]
}

const STATISTICS = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const

interface Timed {
  readonly operation: string
  readonly count: number
  readonly failed: number | null
  readonly time: Latency
}

/** The report of a result of `perf` or `merge`. */
export function loadReport(result: LoadResult): LoadReport {
  const { overall, operations, valid, invalid_because, partial, cut_off, spec, target } = result
  const all = [...operations, { operation: 'overall', ...overall }]
  const of = (time: 'response_time' | 'service_time'): Timed[] =>
    all.map((one) => ({ ...one, time: one[time] }))
  const failures = operations.flatMap(({ operation, outcomes }) =>
    outcomes
      .filter(({ kind }) => kind !== 'ok' && kind !== 'interrupted')
      .map(({ kind, name, count }) => [
        `${count} x ${operation}: ${name} (${kind.replaceAll('_', ' ')})`,
      ]),
  )
  const state = valid ? 'Valid' : `Invalid: ${invalid_because.join('; ')}`
  const ended = partial ? ` Partial: ${cut_off}.` : ''
  const rate =
    result.achieved_rate === null ? '' : `, ${result.achieved_rate.toFixed(1)} per second`
  return {
    title: `Load on ${target.url}`,
    subtitle: `One cart service ${loadWords(spec)}. ${readableTime(result.started_at)}.`,
    series: seriesOf(result),
    headline: `${overall.succeeded} of ${overall.count} operations succeeded in ${result.measured_s.toFixed(1)} s${rate}. ${state}.${ended}`,
    sections: [
      {
        id: 'response-times',
        title: 'Response times',
        contents: [
          ...(spec.loop === 'closed'
            ? [note('A closed loop has no intended send times.')]
            : [
                tabular(timesTable('response', 'From the intended send time', of('response_time'))),
              ]),
          note(FEW),
          tabular(timesTable('service', 'From the actual send', of('service_time'))),
        ],
      },
      ...[curvesSection(result), timelineSection(result)].filter((section) => section !== null),
      {
        id: 'failures',
        title: 'Failures',
        contents: [failures.length === 0 ? paragraph('No operation failed.') : items(failures)],
      },
      generatorsSection(result),
      {
        id: 'circumstances',
        title: 'This run',
        contents: [
          items([
            [`Schedule ${result.schedule_sha256.slice(0, 16)}, seed ${spec.seed}`],
            [
              `Warm-up of ${result.warm_up.seconds.toFixed(1)} s, ended by: ${result.warm_up.ended_by.replace('_', ' ')}`,
            ],
            ...environmentsOf(result).map((line) => [line]),
          ]),
          note('One run has no confidence interval. To judge a difference, use compare.'),
        ],
      },
    ],
  }
}

/** The report of a result of `import`. */
export function importedReport(result: ImportedResult): LoadReport {
  const { source, overall, operations, missing, started_at, rate } = result
  const timed: Timed[] = [...operations, { operation: 'overall', ...overall }]
  const failed = overall.failed === null ? 'failures unknown' : `${overall.failed} failed`
  const perSecond = rate === null ? '' : `, ${rate.toFixed(1)} per second`
  return {
    title: `Load of another generator: ${source.file}`,
    subtitle: `${source.kind}${started_at === null ? '' : `. ${readableTime(started_at)}`}.`,
    series: [],
    headline: `${overall.count} operations, ${failed}${perSecond}.`,
    sections: [
      {
        id: 'times',
        title: 'Times',
        contents: [
          tabular(timesTable('times', 'As the other generator measured them', timed)),
          note(FEW),
        ],
      },
      {
        id: 'missing',
        title: 'What this result cannot say',
        contents: [items(missing.map(({ what, why }) => [`${what}: ${why}`]))],
      },
    ],
  }
}

/** How late and how busy each generator was: what decides whether the run is valid. */
function generatorsSection(result: LoadResult): Section {
  const { generator, overall, spec } = result
  const { each = [{ ...generator, count: overall.count, failed: overall.failed }] } = generator
  const named = each.map((one, index) => ({ ...one, name: `Generator ${index + 1}` }))
  const lagged = named.some(({ lag }) => lag.count > 0)
  return {
    id: 'generators',
    title: 'Load generators',
    contents: [
      tabular({
        id: 'generators',
        caption:
          spec.loop === 'closed'
            ? 'Lag: of an alarm every 20 ms, since a closed loop has no intended send times'
            : 'Lag: from when a request could be sent to its send',
        columns: columns(
          'Generator',
          '#Count',
          '#Failed',
          '#Busy',
          '#CPU',
          '#Lag P50',
          '#P99',
          '#Maximum',
        ),
        rows: named.map(({ name, count: ended, failed, utilisation, cpu_s, lag }, index) => {
          const id = (what: string) => `generators.${index + 1}.${what}`
          return {
            cells: [
              text(name),
              count(id('count'), ended),
              count(id('failed'), failed),
              percentage(id('busy'), 100 * utilisation),
              quantity(id('cpu'), cpu_s, 's'),
              milliseconds(id('p50'), lag.p50),
              milliseconds(id('p99'), lag.p99),
              milliseconds(id('max'), lag.max),
            ],
          }
        }),
      }),
      ...(lagged
        ? [
            {
              kind: 'plots' as const,
              about:
                'A line for each generator from its median lag to the maximum, with a bar at P99; and the maximum lag of any generator in every measured second.',
              legend: false,
              plots: [
                {
                  title: 'Lag of each generator',
                  draw: () =>
                    generatorsPlot(
                      named.map(({ name, utilisation, lag }) => ({ ...lag, name, utilisation })),
                    ),
                },
                ...lagPictures(result),
              ],
            },
          ]
        : []),
    ],
  }
}

const FEW = `${NOTHING}: too few samples. A percentile requires 10 / (1 - p) samples.`

/** The operations with their counts and times. */
function timesTable(id: string, caption: string, rows: readonly Timed[]): Table {
  return {
    id: `times-${id}`,
    caption,
    columns: columns(
      'Operation',
      '#Count',
      '#Failed',
      '#P50',
      '#P90',
      '#P95',
      '#P99',
      '#P99.9',
      '#Maximum',
      '#Mean',
    ),
    rows: rows.map((row) => timesRow(id, row)),
  }
}

function timesRow(id: string, { operation, count, failed, time }: Timed): Row {
  return {
    cells: [
      text(operationWords(operation).title),
      text(String(count)),
      failed === null ? muted(NOTHING) : text(String(failed)),
      ...STATISTICS.map((name) => milliseconds(`${id}.${operation}.${name}`, time[name])),
    ],
  }
}

/** The machines that the load came from. */
function environmentsOf({ environment, parts }: LoadResult): string[] {
  const all = parts?.map((part) => part.environment) ?? [environment]
  return all.map(
    ({ pushcart_version, system, cpu, cores, node }) =>
      `Load from ${system}, ${cpu}, ${cores} cores, Node.js ${node}, pushcart ${pushcart_version}`,
  )
}
