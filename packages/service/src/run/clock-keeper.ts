import type { FastifyBaseLogger } from 'fastify'
import { type DatabaseClock, offsetWarning } from '../store/database-clock.ts'

/** A machine that was suspended has the right time again after this long. */
const INTERVAL_MS = 10_000

export interface ClockKeeper {
  /** Stops, and waits for the ping in progress. */
  stop(): Promise<void>
}

export interface KeepOptions {
  /** Gets a line when the machine's clock leaves the database's and when it is back; of several workers, one has it. */
  readonly logger?: FastifyBaseLogger | undefined
  readonly intervalMs?: number
}

/** Keeps `clock` at the database's time. Does not keep the process alive. Call it after the first `sync`. */
export function keepClock(
  clock: DatabaseClock,
  { logger, intervalMs = INTERVAL_MS }: KeepOptions,
): ClockKeeper {
  let stopped = false
  let syncing = Promise.resolve()
  let timer: NodeJS.Timeout
  let isOff = false

  function report(): void {
    const offset = clock.offset()
    const warning = offsetWarning(offset)
    if (warning !== undefined && !isOff) logger?.warn({ offsetMs: offset }, warning)
    if (warning === undefined && isOff)
      logger?.info({ offsetMs: offset }, "the clock agrees with the database's again")
    isOff = warning !== undefined
  }

  async function sync(): Promise<void> {
    try {
      await clock.sync()
    } catch {
      // The database does not respond. Requests report that; the clock goes on without it.
    }
    report()
  }

  function wait(): void {
    timer = setTimeout(() => {
      syncing = sync().then(() => {
        if (!stopped) wait()
      })
    }, intervalMs).unref()
  }

  report()
  wait()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await syncing
    },
  }
}
