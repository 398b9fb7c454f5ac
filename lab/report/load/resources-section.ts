import type { LoadPart } from '../../results/schemas.ts'
import { count, percentage, quantity } from '../format.ts'
import { type Cell, type Figure, type Row, type Section, text } from '../model.ts'
import { from, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadSide } from './findings.ts'

/** A run and what was watched meanwhile. */
export type MeasuredRun = Pick<Slot, 'result' | 'watched'>

type Slot = LoadPart['slots'][number]
type Watched = Slot['watched']

/** A row: what is made of some runs of a side; `null` where it was not visible. */
interface Measure {
  readonly group: string
  readonly name: string
  readonly id: string
  readonly show: (id: string, value: number | null) => Figure
  readonly of: (slots: readonly MeasuredRun[]) => number | null
}

const MICRO = 1e6
const MIB = 2 ** 20
const quantityIn = (unit: string) => (id: string, value: number | null) => quantity(id, value, unit)

const MEASURES: readonly Measure[] = [
  perOperation('CPU per operation', 'Service', 'service_cpu_s', 'µs', MICRO),
  perOperation('CPU per operation', 'Database', 'database_cpu_s', 'µs', MICRO),
  held(
    'Held at the end of a run, at most',
    'Memory of the service',
    'service_memory_bytes',
    MIB,
    'MiB',
  ),
  held(
    'Held at the end of a run, at most',
    'Memory of the database',
    'database_memory_bytes',
    MIB,
    'MiB',
  ),
  held(
    'Held at the end of a run, at most',
    'Disk of the database',
    'database_disk_bytes',
    MIB,
    'MiB',
  ),
  held('Held at the end of a run, at most', 'Connections of the store', 'connections', 1, ''),
  perOperation('Capacity units per operation', 'Read', 'read_units', '', 1),
  perOperation('Capacity units per operation', 'Write', 'write_units', '', 1),
  total('Sent again and refused', 'Retries of the store', 'store_retries'),
  total('Sent again and refused', 'Throttled by the database', 'store_throttles'),
  {
    group: 'Requests',
    name: 'Offered a second',
    id: 'offered',
    show: quantityIn(''),
    of: (slots) => mean(slots.map(({ result }) => result.offered_rate)),
  },
  {
    group: 'Requests',
    name: 'Answered a second',
    id: 'achieved',
    show: quantityIn(''),
    of: (slots) => mean(slots.map(({ result }) => result.achieved_rate)),
  },
  {
    group: 'Requests',
    name: 'Succeeded',
    id: 'success',
    show: percentage,
    of: (slots) => {
      const [good, all] = [sum(slots, 'succeeded'), sum(slots, 'count')]
      return all === 0 ? null : (100 * good) / all
    },
  },
]

/** @throws RangeError for an id that no row has */
export function measureOf(id: string): Measure {
  const found = MEASURES.find((measure) => measure.id === id)
  if (found === undefined) throw new RangeError(`there is no measure "${id}"`)
  return found
}

/** What the load took of every side: what capacity is planned by. */
export function resourcesSection({ load, sides, valid }: LoadFindings): Section {
  const slotsOf = ({ side }: LoadSide) =>
    load.slots.filter((slot) => slot.side === side.key && valid.includes(slot.block))
  const cells = ({ id, show, of }: Measure): Cell[] =>
    sides.map((side) => {
      const value = of(slotsOf(side))
      if (value === null)
        return text(side.side.store === 'postgres' && /_units_/.test(id) ? 'none' : 'not visible')
      return from(sourceOf.load(side.side.key), show(`resources.${id}.${side.side.key}`, value))
    })
  let last = ''
  return {
    id: 'resources',
    title: 'What it took',
    chapter: 'Choice',
    contents: [
      {
        kind: 'table',
        table: {
          id: 'resources-table',
          caption: 'Resources and requests, over all valid blocks',
          columns: [
            { text: 'What' },
            ...sides.map(({ side, place }) => ({ text: side.label, side: place, numeric: true })),
          ],
          rows: MEASURES.map((measure): Row => {
            const first = measure.group !== last
            last = measure.group
            return {
              ...(first && { group: measure.group }),
              cells: [text(measure.name), ...cells(measure)],
            }
          }),
          notes: [
            'Per operation: everything from the start of the warm-up to the last answer, divided by all requests that ended in it. The service tells its CPU, memory, connections, units, retries and throttles at /metrics; the database is seen only where the comparison started it. "Not visible" is never taken for nothing. CPU per operation falls as the rate grows, since what a process does anyway is shared by more; a bill, where there is one, is made of single kinds measured alone, 8 clients without a pause. Units are as the database tells them: an emulator may leave out index entries, which a bill adds.',
          ],
        },
      },
    ],
  }
}

function perOperation(
  group: string,
  name: string,
  field: keyof Watched,
  unit: string,
  scale: number,
): Measure {
  return {
    group,
    name,
    id: `${field}_per_operation`,
    show: quantityIn(unit),
    of: (slots) => {
      const used = all(slots, field)
      const ended = slots
        .flatMap(({ result }) => result.series.map((second) => second.ended))
        .reduce((total, one) => total + one, 0)
      return used === null || ended === 0
        ? null
        : (scale * used.reduce((total, one) => total + one, 0)) / ended
    },
  }
}

function held(
  group: string,
  name: string,
  field: keyof Watched,
  size: number,
  unit: string,
): Measure {
  return {
    group,
    name,
    id: field,
    show: quantityIn(unit),
    of: (slots) => {
      const values = all(slots, field)
      return values === null ? null : Math.max(...values) / size
    },
  }
}

function total(group: string, name: string, field: keyof Watched): Measure {
  return {
    group,
    name,
    id: field,
    show: count,
    of: (slots) => all(slots, field)?.reduce((sum, one) => sum + one, 0) ?? null,
  }
}

/** A field in every slot; `null` unless all of them have it: a part would pass for the whole. */
function all(slots: readonly MeasuredRun[], field: keyof Watched): number[] | null {
  const values = slots.map(({ watched }) => watched[field])
  const known = values.filter((value) => typeof value === 'number')
  return known.length === 0 || known.length < values.length ? null : known
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  return known.reduce((total, value) => total + value, 0) / known.length
}

function sum(slots: readonly MeasuredRun[], of: 'succeeded' | 'count'): number {
  return slots.reduce((total, { result }) => total + result.overall[of], 0)
}
