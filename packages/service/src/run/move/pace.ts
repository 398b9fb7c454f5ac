import { setTimeout as sleep } from 'node:timers/promises'

/** Limits of all movers together. */
export interface Limits {
  /** Maximum of carts per second. */
  readonly carts?: number | undefined
  /** Maximum of write units per second. */
  readonly units?: number | undefined
}

export interface Pace {
  /**
   * Waits until one more cart of that many units may be moved.
   *
   * @returns gives that back, because another mover had moved the cart
   */
  take(units: number, signal: AbortSignal): Promise<() => void>
}

/**
 * Spreads carts evenly over time: each takes the next free moment, so there are no bursts.
 *
 * @param movers how many movers share the limits at this moment
 */
export function openPace(
  { carts, units: most }: Limits,
  movers: () => Promise<number> = async () => 1,
  elapsed: () => number = () => performance.now(),
): Pace {
  let free = elapsed()
  return {
    async take(units, signal) {
      const byCarts = carts === undefined ? 0 : 1000 / carts
      const byUnits = most === undefined ? 0 : (1000 * units) / most
      const interval = Math.max(byCarts, byUnits)
      const own = interval === 0 ? 0 : interval * (await movers())
      const now = elapsed()
      const start = Math.max(now, free)
      free = start + own
      if (start > now) await sleep(start - now, undefined, { signal })
      return () => {
        free -= own
      }
    },
  }
}
