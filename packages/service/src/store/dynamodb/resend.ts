import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreEvents } from '../store-events.ts'
import type { Item } from './attributes.ts'
import { isSafeToResend, isThrottled, mayHaveHappened } from './errors.ts'
import { jitter } from './retry.ts'
import type { Request } from './transport.ts'

/** What it takes to make requests of one table. */
export interface Requests {
  readonly tableName: string
  readonly events: StoreEvents
  /** Sends one request, once. */
  readonly request: Request
  /** Every item that is read goes through it: see `completed` of `item-currency.ts`. */
  readonly complete: (item: Item) => Item
  /** The one loop that sends a request again. */
  readonly resend: Resend
}

export interface Resending {
  /** Whether a second copy has no effect after a first: reads, and changes whose condition ensures it. */
  readonly repeatable: boolean
  /** Called with each failure after which the request may have been executed. */
  readonly lost?: (error: unknown) => void
}

/** Makes a request, and makes it again where that is safe; rejects with the last failure. */
export type Resend = <T>(request: () => Promise<T>, options: Resending) => Promise<T>

/**
 * Resends after a failure that certainly changed nothing, and with `repeatable` also after one that may have: a timeout,
 * a lost connection, a 5xx. The pauses grow and are random.
 *
 * @param attempts maximum number of copies of one request
 */
export function openResend(attempts: number, events: StoreEvents): Resend {
  const tokens = openTokens()

  /** Why the request may be sent again; `undefined` when it must not be. */
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
        const output = await request()
        tokens.giveBack(paid)
        return output
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

/** Tokens that a copy costs, and the total: the figures of the SDK's standard retry mode. */
const COST = { throttle: 5, connection: 14 }
const TOKENS = 500

/**
 * Tokens for copies. A copy that succeeds returns its tokens. When most requests fail, none are left, and a database
 * in trouble does not receive every request several times.
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
