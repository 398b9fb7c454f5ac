import type { FastifyBaseLogger } from 'fastify'
import type { CartStore } from './store/cart-store.ts'

export interface SweeperOptions {
  readonly clock: () => number
  /** Mean time between sweeps, milliseconds. */
  readonly intervalMs: number
  /** Maximum number of carts that one call of the store removes. */
  readonly batch: number
  readonly logger: FastifyBaseLogger
  /** Returns numbers from 0 (inclusive) to 1 (exclusive). */
  readonly random?: () => number
}

export interface Sweeper {
  /** Stops sweeping and waits for the batch in progress. */
  stop(): Promise<void>
}

/**
 * Removes expired carts from the store after every interval, in batches until a batch is not full. Intervals vary by a quarter,
 * so that instances do not sweep at the same time. A failure is logged, and the next sweep tries again. Does not keep the
 * process alive.
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
