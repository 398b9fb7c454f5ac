import type { PoolUse, StoreEvents } from '../../../src/store/store-events.ts'

/** Records the events of a store. */
export interface RecordedEvents extends StoreEvents {
  /** Such as `retried throttle` or `conflicted`, in order. */
  readonly recorded: string[]
  readonly units: { read: number; write: number }
  pool: (() => PoolUse) | undefined
}

export function recordEvents(): RecordedEvents {
  const recorded: string[] = []
  const units = { read: 0, write: 0 }
  return {
    recorded,
    units,
    pool: undefined,
    retried: (reason) => recorded.push(`retried ${reason}`),
    conflicted: () => recorded.push('conflicted'),
    throttled: () => recorded.push('throttled'),
    consumed({ read = 0, write = 0 }) {
      units.read += read
      units.write += write
    },
    poolOpened(use) {
      this.pool = use
    },
    replicaRead: (outcome) => recorded.push(`replica read ${outcome}`),
  }
}
