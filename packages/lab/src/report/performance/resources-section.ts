import {
  type Cell,
  type Figure,
  muted,
  type Row,
  type Section,
  seriesColumns,
  tabular,
  text,
} from '../../page/document.ts'
import type { LoadPart } from '../../results/schemas.ts'
import { count, percentage, quantity } from '../format.ts'
import { from, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadSide } from './findings.ts'

/** A run with the resources that were monitored. */
export type WatchedRun = Pick<Slot, 'result' | 'watched'>

type Slot = LoadPart['slots'][number]
type Watched = Slot['watched']

/** A row: a figure over runs of a target. */
interface Measure {
  readonly group: string
  readonly name: string
  readonly id: string
  readonly show: (id: string, value: number | null) => Figure
  /** `null` if not available. */
  readonly of: (slots: readonly WatchedRun[]) => number | null
}

const CAPACITY_UNITS = 'Capacity units per operation'
const AT_END = 'Maximum at the end of a run'
const RETRIES = 'Retries and throttling'
const MICRO = 1e6
const MIB = 2 ** 20
const quantityIn = (unit: string) => (id: string, value: number | null) => quantity(id, value, unit)

const MEASURES: readonly Measure[] = [
  perOperation('CPU per operation', 'Service', 'service_cpu_s', 'µs', MICRO),
  perOperation('CPU per operation', 'Database', 'database_cpu_s', 'µs', MICRO),
  maximum('Service memory', 'service_memory_bytes', MIB, 'MiB'),
  maximum('Database memory', 'database_memory_bytes', MIB, 'MiB'),
  maximum('Database disk', 'database_disk_bytes', MIB, 'MiB'),
  maximum('Connections to the database', 'connections', 1, ''),
  perOperation(CAPACITY_UNITS, 'Read', 'read_units', '', 1),
  perOperation(CAPACITY_UNITS, 'Write', 'write_units', '', 1),
  total('Retries by the service', 'store_retries'),
  total('Throttled by the database', 'store_throttles'),
  {
    group: 'Requests',
    name: 'Offered per second',
    id: 'offered',
    show: quantityIn(''),
    of: (slots) => mean(slots.map(({ result }) => result.offered_rate)),
  },
  {
    group: 'Requests',
    name: 'Achieved per second',
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

/** @throws RangeError for an unknown id */
export function measureOf(id: string): Measure {
  const found = MEASURES.find((measure) => measure.id === id)
  if (found === undefined) throw new RangeError(`there is no measure "${id}"`)
  return found
}

/** Resources that the load used on each target. */
export function resourcesSection({ load, sides, valid }: LoadFindings): Section {
  const slotsOf = ({ side }: LoadSide) =>
    load.slots.filter((slot) => slot.side === side.key && valid.includes(slot.block))
  const cells = ({ group, id, show, of }: Measure): Cell[] =>
    sides.map((side) => {
      const value = of(slotsOf(side))
      if (value === null)
        return muted(
          side.side.store === 'postgres' && group === CAPACITY_UNITS ? 'none' : 'not available',
        )
      return from(sourceOf.load(side.side.key), show(`resources.${id}.${side.side.key}`, value))
    })
  let last = ''
  return {
    id: 'resources',
    title: 'Resource usage',
    chapter: 'Choice',
    contents: [
      tabular({
        id: 'resources-table',
        caption: 'Resources and requests, over all valid blocks',
        columns: [{ text: 'Resource' }, ...seriesColumns(sides.map(({ side }) => side))],
        rows: MEASURES.map((measure): Row => {
          const first = measure.group !== last
          last = measure.group
          return {
            ...(first && { group: measure.group }),
            cells: [text(measure.name), ...cells(measure)],
          }
        }),
        notes: [
          'Per operation: usage from the start of the warm-up to the last response, divided by the number of requests that completed in that time. The service reports CPU, memory, connections, capacity units, retries and throttling at /metrics; the database is monitored only if the comparison started it. "Not available" is not counted as zero. CPU per operation falls with the rate, because more operations share the fixed cost; the cost model uses operations measured one kind at a time with 8 busy clients. Capacity units are those the database reports: an emulator may omit index entries, which the cost model adds.',
        ],
      }),
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

function maximum(name: string, field: keyof Watched, size: number, unit: string): Measure {
  return {
    group: AT_END,
    name,
    id: field,
    show: quantityIn(unit),
    of: (slots) => {
      const values = all(slots, field)
      return values === null ? null : Math.max(...values) / size
    },
  }
}

function total(name: string, field: keyof Watched): Measure {
  return {
    group: RETRIES,
    name,
    id: field,
    show: count,
    of: (slots) => all(slots, field)?.reduce((sum, one) => sum + one, 0) ?? null,
  }
}

/** A field of every slot; `null` unless all have it, since a partial sum would be wrong. */
function all(slots: readonly WatchedRun[], field: keyof Watched): number[] | null {
  const values = slots.map(({ watched }) => watched[field])
  const known = values.filter((value) => typeof value === 'number')
  return known.length === 0 || known.length < values.length ? null : known
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return null
  return known.reduce((total, value) => total + value, 0) / known.length
}

function sum(slots: readonly WatchedRun[], of: 'succeeded' | 'count'): number {
  return slots.reduce((total, { result }) => total + result.overall[of], 0)
}
