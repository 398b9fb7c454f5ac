import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client'
import { withTimeout } from '../with-timeout.ts'

/** All metrics of one process at one moment, as JSON. */
export type Snapshot = readonly MetricObjectWithValues<MetricValue<string>>[]

/** Metrics of a whole service out of those of its processes. */
export interface ServiceMetrics {
  /** Adds a process by what asks it for a snapshot. Call what is returned when it has ended. */
  add(ask: () => Promise<Snapshot>): () => void
  /** The sum (for event-loop lag: mean, least or most) over all processes, as text for Prometheus. */
  text(): Promise<string>
}

interface Member {
  readonly ask: () => Promise<Snapshot>
  last: Snapshot
}

/**
 * Counters never go back: what a process had counted when it was last asked stays in the sums after it has ended,
 * because Prometheus would take a smaller sum for a restart of everything and count it all again.
 *
 * @param timeoutMs how long a process may take; one that is late is represented by its last snapshot
 */
export function createServiceMetrics(timeoutMs: number): ServiceMetrics {
  const members = new Set<Member>()
  let ended: Snapshot = []

  async function refresh(member: Member): Promise<void> {
    try {
      member.last = await withTimeout(member.ask(), timeoutMs, () => new Error('late'))
    } catch {
      // Busy or gone; its end, if so, is told by other means.
    }
  }

  return {
    add(ask) {
      const member: Member = { ask, last: [] }
      members.add(member)
      return () => {
        members.delete(member)
        const counted = member.last.filter(({ type }) => COUNTING.has(String(type)))
        // The merged metrics carry their values; the library's type leaves them out.
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
  // The library's own type says `object[]`; it wants what `getMetricsAsJSON` gives.
  return AggregatorRegistry.aggregate(snapshots as object[])
}
