import type { Latency, LoadResult, OperationFigures } from '../load/load-result.ts'
import { type Slot, validBlocks } from '../results/slots.ts'
import type { BlockMetric } from '../stats/compare-blocks.ts'

/** The statistics of a slot's response time by which two targets are compared. */
export const STATISTICS = ['p50', 'p95', 'p99'] as const

type Statistic = (typeof STATISTICS)[number]

/** The keys of two targets. */
export interface SidePair {
  readonly a: string
  readonly b: string
}

/**
 * Every figure of two targets, block by block: latency of each operation of the load, and of all together; in the closed
 * loop also the time per operation, the inverse of the rate. Only blocks that are valid on all `sides` targets count.
 */
export function blockMetrics(
  slots: readonly Slot[],
  { a, b }: SidePair,
  sides: number,
): BlockMetric[] {
  const blocks = validBlocks(slots, sides)
  const of = (side: string) =>
    blocks.map((block) => slots.find((slot) => slot.block === block && slot.side === side)?.result)
  const [ofA, ofB] = [of(a), of(b)]
  const metric = (name: string, figure: (result: LoadResult) => number | null): BlockMetric => ({
    name,
    a: ofA.map((result) => (result === undefined ? null : figure(result))),
    b: ofB.map((result) => (result === undefined ? null : figure(result))),
  })
  const closed = slots.some(({ result }) => result.spec.loop === 'closed')
  return [
    ...operationsOf(slots).flatMap((operation) =>
      STATISTICS.map((statistic) =>
        metric(`${operation}.${statistic}`, (result) =>
          timeOf(figuresOf(result, operation)?.response_time, statistic),
        ),
      ),
    ),
    ...STATISTICS.map((statistic) =>
      metric(`overall.${statistic}`, ({ overall }) => timeOf(overall.response_time, statistic)),
    ),
    ...(closed ? [metric('overall.ms_per_operation', msPerOperation)] : []),
  ]
}

/** The operations of all slots, in the order of the results. */
export function operationsOf(
  slots: readonly Pick<Slot, 'result'>[],
): OperationFigures['operation'][] {
  return [...new Set(slots.flatMap(({ result }) => result.operations.map((o) => o.operation)))]
}

/** The figures of an operation; `undefined` where the slot did not have it. */
export function figuresOf(
  { operations }: LoadResult,
  operation: OperationFigures['operation'],
): OperationFigures | undefined {
  return operations.find((figures) => figures.operation === operation)
}

function timeOf(latency: Latency | undefined, statistic: Statistic): number | null {
  return latency?.[statistic] ?? null
}

function msPerOperation({ achieved_rate }: LoadResult): number | null {
  return achieved_rate === null || achieved_rate === 0 ? null : 1000 / achieved_rate
}
