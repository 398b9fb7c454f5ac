import type { Side } from '../compare/side.ts'
import type { Scenario } from '../consistency/records.ts'
import { type ScenarioSummary, summariseConsistency } from '../consistency/summarise.ts'
import { count, percentage } from './format.ts'
import { type Figure, type Row, type Table, text } from './model.ts'
import type { CombinedConsistencyRecord } from './records.ts'

type Summaries = Record<Scenario, ScenarioSummary>

/** One row: a name, and a figure made of one side's records; `null` where there is nothing to count. */
interface Measure {
  readonly name: string
  readonly id: string
  readonly show: (id: string, value: number | null) => Figure
  readonly of: (summary: ScenarioSummary) => number | null
}

const FAILURES = total('Iterations with a failed step', 'failed', ({ failed }) => failed)
const judged = ifJudged('judged')

/** What the consistency test found on every side. */
export function consistencyTable(
  sides: readonly Side[],
  records: readonly CombinedConsistencyRecord[],
  clients: number,
  notes: readonly string[],
): Table {
  const summaries = sides.map(({ key }) => summariesOf(records, key))
  const group = (title: string, scenario: Scenario, measures: Measure[]): Row[] =>
    measures.map(({ name, id, show, of }, index) => ({
      ...(index === 0 ? { group: title } : {}),
      cells: [
        text(name),
        ...sides.map(({ key }, place) => {
          const summary = summaries[place]?.[scenario]
          const any = summary !== undefined && summary.records > 0
          return show(`${scenario}.${id}.${key}`, any ? of(summary) : null)
        }),
      ],
    }))
  return {
    id: 'consistency-counts',
    caption: 'What was written, and what was read back',
    columns: [
      { text: 'Measure' },
      ...sides.map((side, place) => ({ text: side.label, side: place, numeric: true })),
    ],
    rows: [
      ...group('A new cart is read back at once', 'create_then_read', [
        total('Reads', 'reads', ({ reads }) => reads),
        total('Consistent reads: they saw the cart', 'consistent', (all) => all.consistent_reads),
        share('Consistent reads'),
        FAILURES,
      ]),
      ...group('An added item is read back at once', 'write_then_read_items', [
        total('Reads', 'reads', ({ reads }) => reads),
        total('Reads that saw the item', 'visible', (all) => all.consistent_reads),
        share('Item visibility'),
        FAILURES,
      ]),
      ...group('Rapid updates by one client', 'rapid_updates', [
        total('Updates sent', 'sent', ({ updates }) => updates),
        total('Updates acknowledged, in carts that could be read', 'successful', judged),
        total('Lines in those carts', 'final_items', ifJudged('stored')),
        total('Updates lost', 'lost', ifJudged('lost')),
        FAILURES,
      ]),
      ...group(
        `${clients} ${clients === 1 ? 'client' : 'clients at once'} on one product`,
        'concurrent_updates',
        [
          total('Units acknowledged, in carts that could be read', 'acknowledged', judged),
          total('Units stored', 'stored', ifJudged('stored')),
          total('Units lost', 'lost', ifJudged('lost')),
          total('Units stored twice', 'duplicated', ifJudged('duplicated')),
          total('Units that may or may not be stored', 'unknown', ({ unknown }) => unknown),
          total('Carts that could not be read', 'unjudged', ({ unjudged }) => unjudged),
          FAILURES,
        ],
      ),
    ],
    notes,
  }
}

/** The rows that a reader needs first, out of the whole table: shares, losses, and failures where there are any. */
export function consistencyDigest(whole: Table): Table {
  let group: string | undefined
  const rows = whole.rows.flatMap((row): Row[] => {
    group = row.group ?? group
    const [heading, ...cells] = row.cells
    const name = heading?.text ?? ''
    const told = TOLD.get(name)
    const found = cells.some((cell) => cell.kind === 'figure' && (cell.value ?? 0) > 0)
    if (told === undefined && !(TROUBLE.has(name) && found)) return []
    return [{ cells: [text(`${group}: ${told ?? name.toLowerCase()}`), ...cells] }]
  })
  return { ...whole, id: 'consistency', caption: 'What was read back', rows }
}

const TOLD = new Map([
  ['Consistent reads', 'reads that saw it'],
  ['Item visibility', 'reads that saw it'],
  ['Updates lost', 'updates lost'],
  ['Units lost', 'units lost'],
  ['Units stored twice', 'units stored twice'],
])
const TROUBLE = new Set([
  'Iterations with a failed step',
  'Units that may or may not be stored',
  'Carts that could not be read',
])

/** What one side's records say. */
export function summariesOf(records: readonly CombinedConsistencyRecord[], key: string): Summaries {
  return summariseConsistency(records.filter(({ database }) => database === key))
}

function total(name: string, id: string, of: Measure['of']): Measure {
  return { name, id, show: count, of }
}

/** A sum over the carts that could be read afterwards; `null` when none could. */
function ifJudged(name: 'judged' | 'stored' | 'lost' | 'duplicated'): Measure['of'] {
  return (summary) => (summary.unjudged === summary.records ? null : summary[name])
}

function share(name: string): Measure {
  const of = ({ consistent_reads, reads }: ScenarioSummary) =>
    reads === 0 ? null : (100 * consistent_reads) / reads
  return { name, id: 'rate', show: percentage, of }
}
