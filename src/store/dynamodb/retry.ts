import { setTimeout as sleep } from 'node:timers/promises'
import { CartError } from '../../cart/errors.ts'
import { isSafeToResend } from './errors.ts'

/**
 * Sends a change, and sends it again only after a failure that certainly changed nothing. An add is not
 * idempotent: the SDK's own retries, which also follow timeouts, lost connections and 5xx answers, could
 * apply it twice, so the client for changes has them switched off.
 *
 * @param attempts how often to send at most, an integer >= 1
 */
export async function sendChange<T>(send: () => Promise<T>, attempts: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (attempt >= attempts || !isSafeToResend(error)) throw error
      await sleep(jitter(attempt, { base: 50, most: 1_000 }))
    }
  }
}

/**
 * Repeats `attempt` until it answers something other than `undefined`, which means that another change
 * came in between. STORE_BUSY when that goes on too long.
 */
export async function whileContended<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let round = 1; round <= CONTENDED_ROUNDS; round++) {
    const answer = await attempt()
    if (answer !== undefined) return answer
    await sleep(jitter(round, { base: 4, most: 250 }))
  }
  throw new CartError('STORE_BUSY')
}

const CONTENDED_ROUNDS = 20

/** Full jitter: a random share of a bound that doubles with every attempt, milliseconds. */
export function jitter(attempt: number, { base, most }: { base: number; most: number }): number {
  return Math.random() * Math.min(most, base * 2 ** (attempt - 1))
}
