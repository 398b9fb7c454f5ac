import { keepsUp } from '../../capacity/objective.ts'
import type { GrowthPart } from '../../results/schemas.ts'
import { lineThrough } from '../../stats/line.ts'
import { milliseconds, quantity } from '../format.ts'
import type { Cell, Prose, Row, Section } from '../model.ts'
import { from, recordHref, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadSide } from './findings.ts'
import { type MeasuredRun, measureOf } from './resources-section.ts'

/** The load at one rate: a run of its own, or all valid blocks. */
interface Step {
  readonly rate: number
  readonly runs: readonly MeasuredRun[]
  /** Response times of all of them together. */
  readonly times: { readonly p50: number | null; readonly p99: number | null }
  /** Where it is recorded. */
  readonly record: string
}

const COLUMNS = [
  'offered',
  'achieved',
  'service_cpu_s_per_operation',
  'database_cpu_s_per_operation',
  'service_memory_bytes',
  'database_memory_bytes',
  'database_disk_bytes',
  'connections',
] as const

const TITLES: Readonly<Record<(typeof COLUMNS)[number], string>> = {
  offered: 'Offered a second',
  achieved: 'Answered a second',
  service_cpu_s_per_operation: 'CPU of the service per operation',
  database_cpu_s_per_operation: 'CPU of the database per operation',
  service_memory_bytes: 'Memory of the service',
  database_memory_bytes: 'Memory of the database',
  database_disk_bytes: 'Disk of the database',
  connections: 'Connections',
}

/** What each side takes at other rates than that of the blocks: what to plan its capacity by. */
export function growthSection(findings: LoadFindings, growth: GrowthPart): Section {
  const steps = findings.sides.map((of) => ({ of, steps: stepsOf(findings, growth, of) }))
  return {
    id: 'growth',
    chapter: 'Choice',
    title: 'How it grows with load',
    short: 'Growth with load',
    contents: [
      { kind: 'list', items: steps.map(({ of, steps: own }) => coresOf(of, own)) },
      {
        kind: 'details',
        summary: 'CPU, memory, disk, connections and times at every rate',
        contents: [
          {
            kind: 'table',
            table: {
              id: 'growth-table',
              caption: 'The load of the blocks, and the same load at other rates',
              columns: [
                ...COLUMNS.map((id, place) => ({ text: TITLES[id], numeric: place > 0 })),
                { text: 'P50', numeric: true },
                { text: 'P99', numeric: true },
                { text: 'Record' },
              ],
              rows: steps.flatMap(({ of, steps: own }) =>
                own.map((step, place): Row => rowOf(of, step, place)),
              ),
              notes: [
                'Memory, disk and connections at the end of each run, the rates one after another from the lowest to the highest, after the blocks. Disk grows with what was written, not with the rate.',
              ],
            },
          },
        ],
      },
    ],
  }
}

function stepsOf(
  { load, valid }: LoadFindings,
  growth: GrowthPart,
  { side, figures }: LoadSide,
): Step[] {
  const place = growth.sides.findIndex((one) => one.side === side.key)
  const blocks = load.slots.filter((slot) => slot.side === side.key && valid.includes(slot.block))
  const others = (growth.sides[place]?.runs ?? []).flatMap((run, index): Step[] => {
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

function rowOf({ side }: LoadSide, { runs, times, record }: Step, place: number): Row {
  const id = (name: string) => `growth.${name}.${side.key}-${place}`
  const cells = COLUMNS.map((name): Cell => {
    const { show, of } = measureOf(name)
    const value = of(runs)
    return value === null ? { kind: 'text', text: 'not visible' } : show(id(name), value)
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

/** CPU of all that kept up, as the line through the rates: what each further operation takes. */
function coresOf({ side }: LoadSide, steps: readonly Step[]): Prose {
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
    return [`${side.label}: too few rates were kept up with to tell what more of them takes.`]
  if (first === undefined) return [`${side.label}: its CPU is not visible from here.`]
  return [
    `${side.label}: each 1,000 operations a second more take `,
    ...first,
    ...(second === undefined ? [] : [' and ', ...second]),
    `, by the line through the ${kept.length} rates that it kept up with.`,
  ]
}

const MICRO = 1e6
