import type { PoolUse, StoreEvents } from '../../../src/store/store-events.ts'

/** Records the events of a store. */
export interface RecordedEvents extends StoreEvents {
  /** Such as `retried throttle` or `conflicted`, in order. */
  readonly told: string[]
  readonly units: { read: number; write: number }
  pool: (() => PoolUse) | undefined
}

export function recordEvents(): RecordedEvents {
  const told: string[] = []
  const units = { read: 0, write: 0 }
  return {
    told,
    units,
    pool: undefined,
    retried: (reason) => told.push(`retried ${reason}`),
    conflicted: () => told.push('conflicted'),
    throttled: () => told.push('throttled'),
    consumed({ read = 0, write = 0 }) {
      units.read += read
      units.write += write
    },
    poolOpened(use) {
      this.pool = use
    },
  }
}
