import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { PoolUse } from '../store-events.ts'
import type { OpenPool } from './connection.ts'
import {
  asCartError,
  isAnotherRouteWorthwhile,
  isPasswordRefused,
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
 * @param maxWaitMs how long `take` may try while the server has no connection left or a secret rotates, milliseconds
 */
export function openConnections(opened: OpenPool, maxWaitMs: number): Connections {
  const { pool, poolSize, routes, passwords } = opened
  const recent = openRecentFailures()
  pool.on('connect', succeeded)
  /** The first time that the server refused a password without accepting one since. */
  let refusedSince: number | undefined
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
      if (!isAnotherRouteWorthwhile(error)) throw error
      routes.failed(route)
      if (tried === routes.count) throw error
      return connect(tried + 1)
    }
  }

  function succeeded(): void {
    recent.record(undefined)
    refusedSince = undefined
  }

  function failed(error: unknown): void {
    if (!isTooManyConnections(error) && !isWaitForPool(error)) recent.record(error)
    if (!isPasswordRefused(error)) return
    refusedSince ??= performance.now()
    passwords?.refused()
  }

  /** Whether a later attempt may succeed. While a secret rotates, the server refuses the password that the secret still has. */
  function mayPass(error: unknown): boolean {
    if (isTooManyConnections(error)) return true
    if (!isPasswordRefused(error) || passwords?.rotates !== true) return false
    // After that time, the secret is wrong.
    return performance.now() < (refusedSince ?? 0) + maxWaitMs
  }

  /** Pauses until another attempt to connect makes sense. */
  async function pauseAfter(error: unknown): Promise<void> {
    const full = isTooManyConnections(error)
    if (full) shrink()
    // Without a connection to wait for, another process may give one back, or the rotation may end.
    if (!full || pool.totalCount === 0) await sleep(Math.random() * PAUSE_MS)
  }

  async function take(): Promise<pg.PoolClient> {
    const until = performance.now() + maxWaitMs
    for (;;) {
      try {
        return await connect()
      } catch (error) {
        failed(error)
        if (performance.now() > until || !mayPass(error)) throw error
        await pauseAfter(error)
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
          succeeded()
        } catch (error) {
          failed(error)
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
