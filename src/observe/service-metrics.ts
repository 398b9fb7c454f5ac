import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client'
import { withTimeout } from '../with-timeout.ts'

/** All metrics of one process at one moment, as JSON. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[]

/** The metrics of a whole service, merged from those of its processes. */
export interface ServiceMetrics {
  /** Adds a process, given a function that asks it for a snapshot. Call the returned function when the process has exited. */
  add(ask: () => Promise<Snapshot>): () => void
  /** The sum over all processes (mean, minimum or maximum for event-loop lag) in the Prometheus text format. */
  text(): Promise<string>
}

interface Member {
  readonly ask: () => Promise<Snapshot>
  last: Snapshot
}

/**
 * Counters never decrease: the last snapshot of a process stays in the sums after it has exited, because Prometheus would
 * treat a smaller sum as a restart and count everything again.
 *
 * @param timeoutMs maximum time for one process; its last snapshot is used when it is late
 */
export function createServiceMetrics(timeoutMs: number): ServiceMetrics {
  const members = new Set<Member>()
  let ended: Snapshot = []

  async function refresh(member: Member): Promise<void> {
    try {
      member.last = await withTimeout(member.ask(), timeoutMs, () => new Error('late'))
    } catch {
      // The process is busy or has exited; the caller of `add` reports an exit.
    }
  }

  return {
    add(ask) {
      const member: Member = { ask, last: [] }
      members.add(member)
      return () => {
        members.delete(member)
        const counted = member.last.filter(({ type }) => COUNTING.has(String(type)))
        // The merged metrics have values, although the library's type omits them.
        ended = merge([ended, counted]).getMetricsAsArray() as unknown as Snapshot
      }
    },
    async text() {
      await Promise.all([...members].map(refresh))
      return merge([ended, ...[...members].map(({ last }) => last)]).metrics()
    },
  }
}

const COUNTING = new Set(['counter', 'histogram'])

function merge(snapshots: readonly Snapshot[]) {
  // The library's type is `object[]`; it expects the result of `getMetricsAsJSON`.
  return AggregatorRegistry.aggregate(snapshots as object[])
}
