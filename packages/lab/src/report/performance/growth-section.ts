import {
  type Cell,
  columns,
  details,
  items,
  muted,
  type Prose,
  type Row,
  type Section,
  tabular,
} from '../../page/document.ts'
import { keepsUp } from '../../results/objective.ts'
import type { GrowthPart } from '../../results/schemas.ts'
import { lineThrough } from '../../stats/line.ts'
import { milliseconds, quantity } from '../format.ts'
import { from, recordHref, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadSide } from './findings.ts'
import { measureOf, type WatchedRun } from './resources-section.ts'

/** The load at one rate: a single run, or all valid blocks. */
interface RatePoint {
  readonly rate: number
  readonly runs: readonly WatchedRun[]
  /** Response times over all runs. */
  readonly times: { readonly p50: number | null; readonly p99: number | null }
  /** JSON pointer of its record. */
  readonly record: string
}

const COLUMNS = {
  offered: 'Offered per second',
  achieved: '#Achieved per second',
  service_cpu_s_per_operation: '#Service CPU per operation',
  database_cpu_s_per_operation: '#Database CPU per operation',
  service_memory_bytes: '#Service memory',
  database_memory_bytes: '#Database memory',
  database_disk_bytes: '#Database disk',
  connections: '#Connections',
}

/** Resources and response times at several rates, for capacity planning. */
export function growthSection(findings: LoadFindings, growth: GrowthPart): Section {
  const steps = findings.sides.map((of) => ({ of, steps: stepsOf(findings, growth, of) }))
  return {
    id: 'growth',
    chapter: 'Choice',
    title: 'Growth with load',
    contents: [
      items(steps.map(({ of, steps: own }) => coresOf(of, own))),
      details(
        'CPU, memory, disk, connections and response times by rate',
        tabular({
          id: 'growth-table',
          caption: 'The load of the blocks and the same load at other rates',
          columns: columns(...Object.values(COLUMNS), '#P50', '#P99', 'Record'),
          rows: steps.flatMap(({ of, steps: own }) =>
            own.map((step, place): Row => rowOf(of, step, place)),
          ),
          notes: [
            'The other rates ran after the blocks, in ascending order. Memory, disk and connections are values at the end of each run. Disk grows with the amount of data written, not with the rate.',
          ],
        }),
      ),
    ],
  }
}

function stepsOf(
  { load, valid }: LoadFindings,
  growth: GrowthPart,
  { side, figures }: LoadSide,
): RatePoint[] {
  const place = growth.sides.findIndex((one) => one.side === side.key)
  const blocks = load.slots.filter((slot) => slot.side === side.key && valid.includes(slot.block))
  const others = (growth.sides[place]?.runs ?? []).flatMap((run, index): RatePoint[] => {
    const { valid: counts, partial, spec } = run.result
    if (!counts || partial || spec.rate === null) return []
    const record = `/growth/sides/${place}/runs/${index}`
    return [{ rate: spec.rate, runs: [run], times: run.result.overall.response_time, record }]
  })
  const times = figures.latency.get('overall')
  const own =
    times === undefined || load.spec.rate === null
      ? []
      : [{ rate: load.spec.rate, runs: blocks, times, record: '/load/slots' }]
  return [...own, ...others].sort((a, b) => a.rate - b.rate)
}

function rowOf({ side }: LoadSide, { runs, times, record }: RatePoint, place: number): Row {
  const id = (name: string) => `growth.${name}.${side.key}-${place}`
  const cells = Object.keys(COLUMNS).map((name): Cell => {
    const { show, of } = measureOf(name)
    const value = of(runs)
    return value === null ? muted('not available') : show(id(name), value)
  })
  return {
    ...(place === 0 && { group: side.emulator ? `${side.label}: emulator` : side.label }),
    cells: [
      ...cells,
      milliseconds(id('p50'), times.p50),
      milliseconds(id('p99'), times.p99),
      { kind: 'text', text: 'record', href: recordHref(record) },
    ],
  }
}

/** Marginal CPU per operation: the slope of CPU over the rate, by least squares, where the service kept up. */
function coresOf({ side }: LoadSide, steps: readonly RatePoint[]): Prose {
  const kept = steps.filter(({ runs }) => runs.every(({ result }) => keepsUp(result)))
  const perThousand = (name: 'service' | 'database') => {
    const perOperation = measureOf(`${name}_cpu_s_per_operation`)
    const points = kept.flatMap(({ runs }) => {
      const [rate, micros] = [measureOf('achieved').of(runs), perOperation.of(runs)]
      return rate === null || micros === null ? [] : [{ x: rate, y: (rate * micros) / MICRO }]
    })
    const slope = lineThrough(points)?.slope
    return slope === undefined ? null : 1000 * slope
  }
  const parts = (['service', 'database'] as const).flatMap((name) => {
    const cores = perThousand(name)
    if (cores === null) return []
    const figure = quantity(`growth.${name}_cores.${side.key}`, cores, 'cores')
    return [[from(sourceOf.growth(side.key), figure), ` of the ${name}`] as const]
  })
  const [first, second] = parts
  if (kept.length < 2)
    return [`${side.label}: kept up at too few rates to estimate the marginal CPU.`]
  if (first === undefined) return [`${side.label}: CPU not available.`]
  return [
    `${side.label}: each additional 1,000 operations per second require `,
    ...first,
    ...(second === undefined ? [] : [' and ', ...second]),
    ` (linear fit over the ${kept.length} rates at which it kept up).`,
  ]
}

const MICRO = 1e6
