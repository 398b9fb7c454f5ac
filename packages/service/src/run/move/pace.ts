import { setTimeout as sleep } from 'node:timers/promises'

export interface Limits {
  /** Maximum of carts per second. */
  readonly carts?: number | undefined
  /** Maximum of write units per second. */
  readonly units?: number | undefined
}

export interface Pace {
  /** Waits until one more cart of that many units may be moved. */
  take(units: number, signal: AbortSignal): Promise<void>
}

/** Spreads carts evenly over time: each takes the next free moment, so there are no bursts. */
export function openPace(
  { carts, units: most }: Limits,
  elapsed: () => number = () => performance.now(),
): Pace {
  let free = elapsed()
  return {
    async take(units, signal) {
      const byCarts = carts === undefined ? 0 : 1000 / carts
      const byUnits = most === undefined ? 0 : (1000 * units) / most
      const now = elapsed()
      const start = Math.max(now, free)
      free = start + Math.max(byCarts, byUnits)
      if (start > now) await sleep(start - now, undefined, { signal })
    },
  }
}
