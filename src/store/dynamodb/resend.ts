import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreEvents } from '../store-events.ts'
import { isSafeToResend, isThrottled, mayHaveHappened } from './errors.ts'
import { jitter } from './retry.ts'

export interface Resending {
  /** Whether a second copy has no effect after a first: reads, and changes whose condition sees to it. */
  readonly repeatable: boolean
  /** Told of each failure that leaves it open whether the request was carried out. */
  readonly lost?: (error: unknown) => void
}

/** Makes a request, and makes it again where that is safe; rejects with the last failure. */
export type Resend = <T>(request: () => Promise<T>, options: Resending) => Promise<T>

/**
 * Follows a failure that certainly changed nothing, and with `repeatable` also one that leaves it open: a timeout, a
 * lost connection, a 5xx. Waits between copies grow and are random.
 *
 * @param attempts how often a request is sent at most
 */
export function openResend(attempts: number, events: StoreEvents): Resend {
  const tokens = openTokens()

  /** Why the request may go again; `undefined` when it may not. */
  function reasonToResend(error: unknown, attempt: number, repeatable: boolean) {
    const reason = isThrottled(error) ? 'throttle' : 'connection'
    if (reason === 'throttle') events.throttled()
    const safe = isSafeToResend(error) || (repeatable && mayHaveHappened(error))
    return safe && attempt < attempts && tokens.take(COST[reason]) ? reason : undefined
  }

  return async (request, { repeatable, lost }) => {
    let paid = 0
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await request()
        tokens.giveBack(paid)
        return answer
      } catch (error) {
        if (mayHaveHappened(error)) lost?.(error)
        const reason = reasonToResend(error, attempt, repeatable)
        if (reason === undefined) throw error
        paid = COST[reason]
        events.retried(reason)
        await sleep(jitter(attempt, { base: 50, most: 1_000 }))
      }
    }
  }
}

/** What a copy costs, and what there is: the figures of the SDK's standard mode. */
const COST = { throttle: 5, connection: 14 }
const TOKENS = 500

/**
 * Tokens for copies, of which one that is answered gives its own back. When most requests fail none are left, and a
 * database in trouble is not asked several times over.
 */
function openTokens() {
  let left = TOKENS
  return {
    take(cost: number): boolean {
      if (left < cost) return false
      left -= cost
      return true
    },
    giveBack(paid: number): void {
      left = Math.min(TOKENS, left + Math.max(1, paid))
    },
  }
}
