import { type Figure, type Row, seriesColumns, type Table, text } from '../page/document.ts'
import type { QuickScenario } from '../results/consistency-records.ts'
import type { CombinedConsistencyRecord } from '../results/records.ts'
import type { Side } from '../results/side.ts'
import { type ScenarioSummary, summariseConsistency } from '../results/summarise-consistency.ts'
import { count, percentage } from './format.ts'

type Summaries = Record<QuickScenario, ScenarioSummary>

/** A row: a figure computed from one target's records. */
interface Measure {
  readonly name: string
  readonly id: string
  readonly show: (id: string, value: number | null) => Figure
  /** `null` without data. */
  readonly of: (summary: ScenarioSummary) => number | null
  /** Its name in the digest; absent where the digest leaves it out. */
  readonly brief?: string
  /** Whether the digest shows it only when it is above 0. */
  readonly trouble?: true
}

const READS = total('Reads', 'reads', ({ reads }) => reads)
const FAILURES: Measure = {
  ...total('Iterations with a failed step', 'failed', ({ failed }) => failed),
  ...{ brief: 'iterations with a failed step', trouble: true },
}
const SEEN = 'reads that reflect the write'

/** Every group of rows by its scenario. */
const GROUPS: readonly (readonly [
  QuickScenario,
  (clients: number) => string,
  readonly Measure[],
])[] = [
  [
    'create_then_read',
    () => 'New cart read back immediately',
    [
      READS,
      total('Reads that found the cart', 'consistent', (all) => all.consistent_reads),
      share('Consistent reads'),
      FAILURES,
    ],
  ],
  [
    'write_then_read_items',
    () => 'Added item read back immediately',
    [
      READS,
      total('Reads that found the item', 'visible', (all) => all.consistent_reads),
      share('Item visibility'),
      FAILURES,
    ],
  ],
  [
    'rapid_updates',
    () => 'Rapid updates by one client',
    [
      total('Updates sent', 'sent', ({ updates }) => updates),
      total('Updates acknowledged, in readable carts', 'successful', ifJudged('judged')),
      total('Lines stored in those carts', 'final_items', ifJudged('stored')),
      { ...total('Updates lost', 'lost', ifJudged('lost')), brief: 'updates lost' },
      FAILURES,
    ],
  ],
  [
    'concurrent_updates',
    (clients) =>
      `Concurrent adds of one product by ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    [
      total('Units acknowledged, in readable carts', 'acknowledged', ifJudged('judged')),
      total('Units stored', 'stored', ifJudged('stored')),
      { ...total('Units lost', 'lost', ifJudged('lost')), brief: 'units lost' },
      {
        ...total('Units duplicated', 'duplicated', ifJudged('duplicated')),
        brief: 'units duplicated',
      },
      {
        ...total('Units with an unknown outcome', 'unknown', ({ unknown }) => unknown),
        ...{ brief: 'units with an unknown outcome', trouble: true },
      },
      {
        ...total('Unreadable carts', 'unjudged', ({ unjudged }) => unjudged),
        ...{ brief: 'unreadable carts', trouble: true },
      },
      FAILURES,
    ],
  ],
]

/** The counts of the consistency test on every target, and a digest: shares, losses and any failures. */
export function consistencyTables(
  sides: readonly Side[],
  records: readonly CombinedConsistencyRecord[],
  clients: number,
): { readonly digest: Table; readonly all: Table } {
  const summaries = sides.map(({ key }) => summariesOf(records, key))
  const rows = GROUPS.flatMap(([scenario, titleOf, measures]) =>
    measures.map((measure, index) => {
      const { name, id, show, of, brief, trouble } = measure
      const title = titleOf(clients)
      const figures = sides.map(({ key }, place) => {
        const summary = summaries[place]?.[scenario]
        const any = summary !== undefined && summary.records > 0
        return show(`${scenario}.${id}.${key}`, any ? of(summary) : null)
      })
      const inDigest =
        brief !== undefined && (!trouble || figures.some(({ value }) => (value ?? 0) > 0))
      return {
        row: { ...(index === 0 && { group: title }), cells: [text(name), ...figures] },
        brief: inDigest ? [{ cells: [text(`${title}: ${brief}`), ...figures] }] : [],
      }
    }),
  )
  const table = (id: string, caption: string, own: readonly Row[]): Table => ({
    id,
    caption,
    columns: [{ text: 'Measure' }, ...seriesColumns(sides)],
    rows: own,
  })
  return {
    digest: table(
      'consistency',
      'Results of the consistency test',
      rows.flatMap(({ brief }) => brief),
    ),
    all: table(
      'consistency-counts',
      'All counts of the consistency test',
      rows.map(({ row }) => row),
    ),
  }
}

/** Summaries of one target's records. */
export function summariesOf(records: readonly CombinedConsistencyRecord[], key: string): Summaries {
  return summariseConsistency(records.filter(({ database }) => database === key))
}

function total(name: string, id: string, of: Measure['of']): Measure {
  return { name, id, show: count, of }
}

/** A sum over the carts that could be read afterwards; `null` if none could. */
function ifJudged(name: 'judged' | 'stored' | 'lost' | 'duplicated'): Measure['of'] {
  return (summary) => (summary.unjudged === summary.records ? null : summary[name])
}

function share(name: string): Measure {
  const of = ({ consistent_reads, reads }: ScenarioSummary) =>
    reads === 0 ? null : (100 * consistent_reads) / reads
  return { name, id: 'rate', show: percentage, of, brief: SEEN }
}
