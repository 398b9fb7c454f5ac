import type { DatabaseTime } from './cart-store.ts'

/**
 * The clock of the service: the time by the database's clock, so that all instances agree on what has expired, whatever the
 * clocks of their machines say. It starts with the time that the database reports and goes on with the monotonic timer of the
 * process, which no step of the machine's clock moves. Without a database clock (memory) it is the machine's.
 */
export interface DatabaseClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** How far the machine's clock is ahead of the database's, milliseconds; `undefined` without a database clock. */
  offset(): number | undefined
  /** Asks the database and corrects this clock. Rejects as the ping does; the clock then goes on as before. */
  sync(): Promise<void>
}

/** HTTP dates count in whole seconds, and token checks tolerate about as much. */
const MAX_OFFSET_MS = 5_000

/** What an operator should know about this offset of the machine's clock; `undefined` if nothing. */
export function offsetWarning(offset: number | undefined): string | undefined {
  if (offset === undefined || Math.abs(offset) <= MAX_OFFSET_MS) return undefined
  const direction = offset > 0 ? 'ahead of' : 'behind'
  return (
    `The clock of this instance is ${Math.round(Math.abs(offset) / 1000)} s ${direction} that of the database. ` +
    "Carts use the database's time. Token checks and log lines use this instance's clock: correct it."
  )
}

export interface Timers {
  /** The machine's clock, milliseconds since the epoch. */
  readonly machine: () => number
  /** A monotonic timer, milliseconds. */
  readonly elapsed: () => number
}

/** @param ping the store's; it must not be counted as an operation of a client */
export function openDatabaseClock(
  ping: () => Promise<DatabaseTime | undefined>,
  { machine, elapsed }: Timers = { machine: Date.now, elapsed: () => performance.now() },
): DatabaseClock {
  /** The time of the clock at 0 of the timer; `undefined` before the database has reported its time. */
  let base: number | undefined
  const now = () => (base === undefined ? machine() : Math.floor(base + elapsed()))

  return {
    now,
    offset: () => (base === undefined ? undefined : machine() - now()),
    async sync() {
      const sent = elapsed()
      const time = await ping()
      if (time === undefined) return
      const received = elapsed()
      // The database read its clock between the two, so its time at 0 of the timer is within these bounds. The clock moves no
      // further than into them: they can be wide (HTTP dates count seconds), and every sync narrows the error.
      const earliest = time.now - received
      const latest = time.now + time.precisionMs - sent
      base = Math.min(Math.max(base ?? machine() - received, earliest), latest)
    },
  }
}
