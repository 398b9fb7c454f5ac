import { setTimeout as sleep } from 'node:timers/promises'
import { CartError } from '../../cart/errors.ts'
import type { StoreEvents } from '../store-events.ts'

/**
 * Repeats `attempt` until it returns something other than `undefined`, which means that another change came in
 * between. STORE_BUSY after `CONTENDED_ROUNDS` attempts.
 */
export async function whileContended<T>(
  attempt: () => Promise<T | undefined>,
  events: StoreEvents,
): Promise<T> {
  for (let round = 1; round <= CONTENDED_ROUNDS; round++) {
    const result = await attempt()
    if (result !== undefined) return result
    events.conflicted()
    if (round < CONTENDED_ROUNDS) events.retried('conflict')
    await sleep(jitter(round, { base: 4, most: 250 }))
  }
  throw new CartError('STORE_BUSY')
}

const CONTENDED_ROUNDS = 20

/** Full jitter: a random share of a bound that doubles with every attempt, milliseconds. */
export function jitter(attempt: number, { base, most }: { base: number; most: number }): number {
  return Math.random() * Math.min(most, base * 2 ** (attempt - 1))
}
