import type { GateUse } from '../../observe/metrics.ts'
import type { AdaptiveLimit } from './adaptive-limit.ts'

/**
 * Which requests give way to others: under overload, `low` is refused first and `high` last.
 *
 * - `high`   checkouts
 * - `normal` reads and changes of one cart
 * - `low`    lists and searches
 */
export type Priority = 'high' | 'normal' | 'low'

/** Shares of the limit that requests of a priority may fill. */
const SHARES: Readonly<Record<Priority, number>> = { high: 1, normal: 0.9, low: 0.7 }
const ORDER: readonly Priority[] = ['high', 'normal', 'low']

/** A request at the gate. */
export interface Entry {
  readonly priority: Priority
  /** When it was admitted, by the clock of the gate; 0 before. */
  admittedAt: number
  /** When it began to wait. */
  waitingSince: number
  /** Called once, when the request may be worked on. */
  admit(): void
  /** Called instead of `admit`, when the request has waited too long. */
  refuse(): void
  /** Whether somebody still waits for the response; asked when it has waited for its turn. Otherwise `refuse` is called. */
  isWanted(): boolean
}

export interface Gate {
  /** Whether a request that arrives now would be refused. */
  isClosed(priority: Priority): boolean
  /** Calls `admit` or `refuse` of the entry, now or after at most the maximum wait. */
  enter(entry: Entry): void
  /** Call it once for each admitted entry, when the work is done; `failed`: without an answer of the database. */
  leave(entry: Entry, failed: boolean): void
  use(): GateUse
}

export interface GateOptions {
  readonly limit: AdaptiveLimit
  /** How long a request may wait for its turn, milliseconds; 0: it never waits. */
  readonly maxWaitMs: number
  /** Monotonic, milliseconds. */
  readonly clock?: () => number
}

/**
 * Bounds the requests in progress by an adaptive limit. Beyond it, requests wait for at most `maxWaitMs`, and no more of them
 * than are likely to get their turn in that time; the rest is refused at once.
 */
export function openGate({ limit, maxWaitMs, clock = () => performance.now() }: GateOptions): Gate {
  const queues: Readonly<Record<Priority, Entry[]>> = { high: [], normal: [], low: [] }
  let inProgress = 0
  let waiting = 0
  let timer: NodeJS.Timeout | undefined

  const hasRoom = (priority: Priority) => inProgress < Math.ceil(limit.value() * SHARES[priority])

  /** The maximum number of waiting requests: those that end within the wait, by the current latency. */
  function places(): number {
    return Math.ceil((limit.value() * maxWaitMs) / Math.max(1, limit.latencyMs()))
  }

  function admit(entry: Entry): void {
    inProgress += 1
    entry.admittedAt = clock()
    limit.began(inProgress, entry.admittedAt)
    entry.admit()
  }

  function admitWaiting(): void {
    for (const priority of ORDER) {
      const queue = queues[priority]
      while (queue.length > 0 && hasRoom(priority)) {
        const entry = queue.shift() as Entry
        waiting -= 1
        if (entry.isWanted()) admit(entry)
        else entry.refuse()
      }
    }
  }

  function expire(): void {
    timer = undefined
    const now = clock()
    for (const priority of ORDER) {
      const queue = queues[priority]
      // Half a millisecond, because timers are that much early.
      while (queue[0] !== undefined && now - queue[0].waitingSince >= maxWaitMs - 0.5) {
        waiting -= 1
        queue.shift()?.refuse()
      }
    }
    watch()
  }

  /** Whether no request of the priority or a higher one waits. */
  function isFirst(priority: Priority): boolean {
    return ORDER.slice(0, ORDER.indexOf(priority) + 1).every((each) => queues[each].length === 0)
  }

  /** Makes place for a request by refusing the latest one of a lower priority. */
  function replaceLower(priority: Priority): boolean {
    for (const lower of ORDER.slice(ORDER.indexOf(priority) + 1).reverse()) {
      const last = queues[lower].pop()
      if (last === undefined) continue
      waiting -= 1
      last.refuse()
      return true
    }
    return false
  }

  function isFull(priority: Priority): boolean {
    if (waiting < places()) return false
    return !ORDER.slice(ORDER.indexOf(priority) + 1).some((lower) => queues[lower].length > 0)
  }

  /** Looks again when the request that has waited longest is due. */
  function watch(): void {
    if (waiting === 0 || timer !== undefined) return
    const oldest = Math.min(
      ...ORDER.map((priority) => queues[priority][0]?.waitingSince ?? Infinity),
    )
    timer = setTimeout(expire, Math.max(1, oldest + maxWaitMs - clock()))
  }

  return {
    isClosed: (priority) => !hasRoom(priority) && isFull(priority),
    enter(entry) {
      const isNext = waiting === 0 || isFirst(entry.priority)
      if (isNext && hasRoom(entry.priority)) return admit(entry)
      if (waiting >= places() && !replaceLower(entry.priority)) return entry.refuse()
      entry.waitingSince = clock()
      waiting += 1
      queues[entry.priority].push(entry)
      admitWaiting()
      watch()
    },
    leave(entry, failed) {
      inProgress -= 1
      const now = clock()
      // A failure at once, such as that of a database that is gone, is not a short latency.
      const hasLatency = !failed || now - entry.admittedAt > limit.latencyMs()
      limit.ended(entry.admittedAt, now, hasLatency)
      if (waiting > 0) admitWaiting()
    },
    use: () => ({ inProgress, waiting, limit: limit.value() }),
  }
}
