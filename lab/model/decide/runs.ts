import { keepsUp, parseObjective, secondsFor } from '../../capacity/objective.ts'
import { pointer } from '../../evidence/pointer.ts'
import type { Latency, LoadResult } from '../../load/load-result.ts'
import { hasSessions, type LoadSpec } from '../../load/load-spec.ts'
import type { ComparisonParts } from '../../results/comparison-file.ts'
import { sideFigures } from '../../results/figures.ts'
import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import type { CapacityPart, RequirementsPart } from '../../results/schemas.ts'
import type { LatencySummary } from '../../stats/histogram.ts'
import { type Summary, summarise } from '../../stats/summarise.ts'
import type { LatencyEvidence, RunEvidence } from './evidence.ts'

/**
 * All runs of one side: its blocks merged, the points of the capacity search, the load at other rates, the runs for the
 * requirements, the quick look.
 */
export function runsOf(file: ComparisonParts, side: string): RunEvidence[] {
  const blocks = blocksOf(file, side)
  return [
    ...blocks,
    ...capacityRuns(file, side, blocks[0]?.operations ?? {}),
    ...growthRuns(file, side),
    ...requirementRuns(file, side),
    ...quickLook(file, side),
  ]
}

/** The valid blocks, merged into one run; none where no block is valid. */
function blocksOf({ load, environment, capacity }: ComparisonParts, side: string): RunEvidence[] {
  if (load === null) return []
  const { latency, achieved_rate, error_rate } = sideFigures(load, side, environment.sides.length)
  const overall = latency.get('overall')
  if (overall === undefined) return []
  const found = OPERATION_KINDS.flatMap((kind) => {
    const summary = latency.get(kind)
    return summary === undefined ? [] : [[kind, latencyOf(summary)] as const]
  })
  const highest = capacity?.sides.find((one) => one.side === side)?.highest ?? null
  return [
    {
      ...setting(load.spec),
      record: pointer('load', 'slots'),
      throughput: achieved_rate,
      success_rate: error_rate === null ? null : 100 * (1 - error_rate),
      overload: highest !== null && (load.spec.rate ?? 0) > highest,
      overall: latencyOf(overall),
      operations: Object.fromEntries(found),
    },
  ]
}

/**
 * The runs of the capacity search, which have the mix of the blocks. Failed runs above the highest rate that met the
 * objective are overload; runs in which the generator was the bottleneck are left out.
 *
 * @param mix operations of the blocks, whose counts give the shares
 */
function capacityRuns(
  { capacity, load }: ComparisonParts,
  side: string,
  mix: RunEvidence['operations'],
): RunEvidence[] {
  const place = capacity?.sides.findIndex((one) => one.side === side) ?? -1
  const own = capacity?.sides[place]
  if (own === undefined || load === null || Object.keys(mix).length === 0) return []
  const objective = parseObjective(capacity?.objective ?? '')
  return own.points.flatMap((point, index): RunEvidence[] => {
    const { rate, achieved, error_rate, meets, p50, p99 } = point
    if (meets === null) return []
    const count = Math.round(rate * secondsFor(objective, rate, load.spec.duration_s))
    return [
      {
        ...setting({ ...load.spec, loop: 'open', rate }),
        record: pointer('capacity', 'sides', place, 'points', index),
        throughput: achieved,
        success_rate: 100 * (1 - error_rate),
        overload: isPast(own, point),
        overall: { count, average: null, p50, p95: null, p99 },
        operations: countsOf(mix, count),
      },
    ]
  })
}

type CapacitySide = CapacityPart['sides'][number]

function isPast({ highest }: CapacitySide, { rate, meets }: CapacitySide['points'][number]) {
  return meets === false && (highest === null || rate > highest)
}

/** `count` operations in the shares of `mix`, without latencies. */
function countsOf(mix: RunEvidence['operations'], count: number): RunEvidence['operations'] {
  const kinds = Object.entries(mix)
  const all = kinds.reduce((sum, [, operation]) => sum + operation.count, 0)
  return Object.fromEntries(
    kinds.map(([kind, operation]) => [
      kind,
      { ...UNTIMED, count: Math.round((count * operation.count) / Math.max(1, all)) },
    ]),
  )
}

const UNTIMED = { average: null, p50: null, p95: null, p99: null }

function requirementRuns({ requirements }: ComparisonParts, side: string): RunEvidence[] {
  const place = requirements?.sides.findIndex((one) => one.side === side) ?? -1
  const own = requirements?.sides[place]
  if (own === undefined) return []
  return [
    ...(['hundred_shoppers', 'fifty_lines'] as const).flatMap((name) => {
      const result = own[name]
      return result === null || !result.valid || result.partial
        ? []
        : [runOf(result, pointer('requirements', 'sides', place, name))]
    }),
    ...historyRuns(own, place),
  ]
}

function runOf(result: LoadResult, record: string): RunEvidence {
  const { spec, achieved_rate, overall, operations } = result
  return {
    ...setting(spec),
    record,
    throughput: achieved_rate,
    success_rate: overall.count === 0 ? null : (100 * overall.succeeded) / overall.count,
    overload: false,
    overall: latencyOf(overall.response_time),
    operations: Object.fromEntries(
      operations.map(({ operation, response_time }) => [operation, latencyOf(response_time)]),
    ),
  }
}

/** A customer's history as one run: the lists of carts and of orders. */
function historyRuns({ history }: RequirementsPart['sides'][number], side: number): RunEvidence[] {
  const carts = history.find(({ request }) => request === 'list_carts')
  const orders = history.find(({ request }) => request === 'list_orders')
  if (carts === undefined || orders === undefined) return []
  const count = carts.count + orders.count
  const succeeded = count - carts.failed - orders.failed
  const { mean: average, p50, p95 } = carts
  return [
    {
      record: pointer('requirements', 'sides', side, 'history'),
      offered: null,
      throughput: null,
      clients: 1,
      cart_lines: 1,
      success_rate: count === 0 ? null : (100 * succeeded) / count,
      overload: false,
      overall: null,
      operations: { list_carts: { count: carts.count, average, p50, p95, p99: null } },
    },
  ]
}

function quickLook({ quick_look }: ComparisonParts, side: string): RunEvidence[] {
  const own = quick_look.filter(({ database }) => database === side)
  if (own.length === 0) return []
  const all = summarise(own)
  const operations = OPERATION_KINDS.flatMap((kind) => {
    const records = own.filter(({ operation }) => operation === kind)
    return records.length === 0 ? [] : [[kind, quickLatency(summarise(records))] as const]
  })
  const busy_ms = own.reduce((sum, { response_time }) => sum + response_time, 0)
  return [
    {
      record: pointer('quick_look'),
      offered: null,
      throughput: busy_ms === 0 ? null : (1000 * all.successes) / busy_ms,
      clients: 1,
      cart_lines: null,
      success_rate: all.success_rate,
      overload: false,
      overall: quickLatency(all),
      operations: Object.fromEntries(operations),
    },
  ]
}

/** The load at other rates; overload where the side did not keep up. */
function growthRuns({ growth }: ComparisonParts, side: string): RunEvidence[] {
  const place = growth?.sides.findIndex((one) => one.side === side) ?? -1
  const runs = growth?.sides[place]?.runs ?? []
  return runs.flatMap(({ result }, index): RunEvidence[] => {
    if (!result.valid || result.partial) return []
    const run = runOf(result, pointer('growth', 'sides', place, 'runs', index))
    return [{ ...run, overload: !keepsUp(result) }]
  })
}

/** Rate, clients and cart size of a spec. Not all shoppers of an open loop are busy at the same time. */
function setting(spec: LoadSpec): Pick<RunEvidence, 'offered' | 'clients' | 'cart_lines'> {
  return {
    offered: spec.loop === 'open' ? spec.rate : null,
    clients: spec.loop === 'closed' ? spec.connections : null,
    cart_lines: hasSessions(spec) ? null : spec.lines_per_cart,
  }
}

function latencyOf({ count, mean, p50, p95, p99 }: Latency | LatencySummary): LatencyEvidence {
  return { count, average: mean, p50, p95, p99 }
}

function quickLatency({ successes: count, average, p50, p95, p99 }: Summary): LatencyEvidence {
  return { count, average, p50, p95, p99 }
}
