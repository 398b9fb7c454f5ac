import type { Side } from '../compare/side.ts'
import type { ConsistencyRecord, Scenario } from '../consistency/records.ts'
import { count, percentage } from './format.ts'
import { type Figure, type Row, type Table, text } from './model.ts'
import type { CombinedConsistencyRecord } from './records.ts'

type Of<S extends Scenario> = Extract<ConsistencyRecord, { scenario: S }>

/** One row: a name, and a figure made of one side's records. */
interface Measure<S extends Scenario> {
  readonly name: string
  readonly id: string
  readonly show: (id: string, value: number | null) => Figure
  readonly of: (records: readonly Of<S>[]) => number | null
}

/** What the consistency test found on every side. */
export function consistencyTable(
  sides: readonly Side[],
  records: readonly CombinedConsistencyRecord[],
  clients: number,
  notes: readonly string[],
): Table {
  const group = <S extends Scenario>(title: string, scenario: S, measures: Measure<S>[]): Row[] =>
    measures.map(({ name, id, show, of }, index) => ({
      ...(index === 0 ? { group: title } : {}),
      cells: [
        text(name),
        ...sides.map(({ key }) =>
          show(`${scenario}.${id}.${key}`, of(select(records, key, scenario))),
        ),
      ],
    }))
  return {
    id: 'consistency',
    caption: 'What was written, and what was read back',
    columns: [
      { text: 'Measure' },
      ...sides.map((side, place) => ({ text: side.label, side: place, numeric: true })),
    ],
    rows: [
      ...group('A new cart is read back at once', 'create_then_read', [
        total('Reads', 'reads', (record) => record.read_attempts),
        total('Consistent reads: they saw the cart', 'consistent', (r) => r.consistent_reads),
        share('Consistent reads', 'rate', (r) => [r.consistent_reads, r.read_attempts]),
        failures(),
      ]),
      ...group('An added item is read back at once', 'write_then_read_items', [
        total('Reads', 'reads', (record) => record.read_attempts),
        total('Reads that saw the item', 'visible', (record) => record.item_visible_count),
        share('Item visibility', 'rate', (r) => [r.item_visible_count, r.read_attempts]),
        failures(),
      ]),
      ...group('Rapid updates by one client', 'rapid_updates', [
        total('Updates sent', 'sent', (record) => record.updates_sent),
        total('Updates acknowledged', 'successful', (record) => record.updates_successful),
        total('Lines in the carts afterwards', 'final_items', (r) => r.final_items_count),
        failures(),
      ]),
      ...group(`${clients} clients at once on one product`, 'concurrent_updates', [
        total('Units acknowledged', 'acknowledged', (record) => record.acknowledged_quantity),
        total('Units stored', 'stored', (record) => record.stored_quantity),
        total('Units lost', 'lost', (record) => record.lost_updates),
        total('Units stored twice', 'duplicated', (record) => record.duplicated_updates),
        failures(),
      ]),
    ],
    notes,
  }
}

/** The records of one side and scenario. */
export function select<S extends Scenario>(
  records: readonly CombinedConsistencyRecord[],
  key: string,
  scenario: S,
): Of<S>[] {
  return records.filter(
    (record): record is Of<S> & CombinedConsistencyRecord =>
      record.database === key && record.scenario === scenario,
  )
}

/** Sum of what is known; `null` when nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

function total<R>(name: string, id: string, value: (record: R) => number | null) {
  return { name, id, show: count, of: (records: readonly R[]) => sumKnown(records.map(value)) }
}

function share<R>(name: string, id: string, parts: (record: R) => readonly [number, number]) {
  return {
    name,
    id,
    show: percentage,
    of(records: readonly R[]): number | null {
      const hits = sumKnown(records.map((record) => parts(record)[0]))
      const tries = sumKnown(records.map((record) => parts(record)[1]))
      return hits === null || tries === null || tries === 0 ? null : (100 * hits) / tries
    },
  }
}

function failures<R extends ConsistencyRecord>() {
  return total<R>('Iterations with a failed step', 'failed', (record) => (record.success ? 0 : 1))
}
