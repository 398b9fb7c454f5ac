import type { FastifyBaseLogger } from 'fastify'
import type { CartStore } from './store/cart-store.ts'

export interface SweeperOptions {
  readonly clock: () => number
  /** From one sweep to the next, milliseconds, on average. */
  readonly intervalMs: number
  /** Most carts removed by one call of the store. */
  readonly batch: number
  readonly logger: FastifyBaseLogger
  /** Gives numbers from 0 up to 1. */
  readonly random?: () => number
}

export interface Sweeper {
  /** Ends it and waits for the batch under way. */
  stop(): Promise<void>
}

/**
 * Removes expired carts from the store, first after one interval and then again and again: batch by batch until
 * one comes back short. Intervals vary by a quarter, so that instances do not sweep in step. A failure is
 * logged and the next interval tries again. Does not keep the process alive.
 */
export function startSweeper(
  store: Pick<CartStore, 'sweepExpired'>,
  { clock, intervalMs, batch, logger, random = Math.random }: SweeperOptions,
): Sweeper {
  let stopped = false
  let sweeping = Promise.resolve()
  let timer: NodeJS.Timeout

  async function sweep(): Promise<void> {
    let removed = 0
    try {
      for (let last = batch; last >= batch && !stopped; ) {
        last = await store.sweepExpired(clock(), batch)
        removed += last
      }
      if (removed > 0) logger.info({ removed }, 'removed expired carts')
    } catch (err) {
      logger.warn({ err, removed }, 'removing expired carts failed; the next sweep tries again')
    }
  }

  function wait(): void {
    timer = setTimeout(
      () => {
        sweeping = sweep().then(() => {
          if (!stopped) wait()
        })
      },
      intervalMs * (0.75 + random() / 2),
    ).unref()
  }

  logger.info({ intervalMs }, 'sweeping expired carts')
  wait()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await sweeping
    },
  }
}
