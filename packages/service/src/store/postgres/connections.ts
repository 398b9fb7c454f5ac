import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { PoolUse } from '../store-events.ts'
import type { OpenPool } from './connection.ts'
import {
  asCartError,
  isAnotherRouteWorthwhile,
  isTooManyConnections,
  isWaitForPool,
} from './errors.ts'
import { openRecentFailures } from './recent-failures.ts'

/** Hands out the connections of a pool. */
export interface Connections {
  /** A connection to release. Rejects with the error of `pg`; nothing has been sent then. */
  take(): Promise<pg.PoolClient>
  /** Rejects with a `CartError` if new connections mostly fail, although old ones may still work. */
  requireNew(): Promise<void>
  use(): PoolUse
  /** Closes all connections. */
  close(): Promise<void>
}

/** How long the pool stays at the size that the server allowed, before it tries to grow again. */
const SMALLER_MS = 5_000
const PAUSE_MS = 50

/**
 * @param maxWaitMs how long `take` may try while the server has no connection left, milliseconds
 */
export function openConnections(opened: OpenPool, maxWaitMs: number): Connections {
  const { pool, poolSize, routes } = opened
  const recent = openRecentFailures()
  pool.on('connect', () => recent.record(undefined))
  let closed: Promise<void> | undefined
  let growing: NodeJS.Timeout | undefined

  /** The server has no more connections for us: further calls wait for those of the pool. */
  function shrink(): void {
    pool.options.max = Math.max(1, pool.totalCount)
    clearTimeout(growing)
    growing = setTimeout(() => {
      pool.options.max = poolSize
    }, SMALLER_MS).unref()
  }

  /** Tries each route at most once. */
  async function connect(tried = 1): Promise<pg.PoolClient> {
    const route = routes.current()
    try {
      return await pool.connect()
    } catch (error) {
      if (isWaitForPool(error)) throw error
      if (!isAnotherRouteWorthwhile(error)) return refuse(error)
      routes.failed(route)
      return tried < routes.count ? connect(tried + 1) : refuse(error)
    }
  }

  function refuse(error: unknown): never {
    if (!isTooManyConnections(error)) recent.record(error)
    throw error
  }

  async function take(): Promise<pg.PoolClient> {
    const until = performance.now() + maxWaitMs
    for (;;) {
      try {
        return await connect()
      } catch (error) {
        if (!isTooManyConnections(error) || performance.now() > until) throw error
        shrink()
        // Without a connection to wait for, another process may give one back.
        if (pool.totalCount === 0) await sleep(Math.random() * PAUSE_MS)
      }
    }
  }

  return {
    take,
    async requireNew() {
      // As often as it takes to outweigh the failures, so that an outage that is over does not count for long.
      while (recent.prevailing() !== undefined) {
        try {
          await (await opened.connectOne()).end()
          recent.record(undefined)
        } catch (error) {
          if (!isTooManyConnections(error)) recent.record(error)
          throw asCartError(error)
        }
      }
    },
    use: () => ({
      active: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      limit: poolSize,
    }),
    close() {
      clearTimeout(growing)
      closed ??= pool.end()
      return closed
    },
  }
}
