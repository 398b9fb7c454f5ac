import { CartError, type ErrorCode } from '../cart/errors.ts'
import { withTimeout } from '../common/with-timeout.ts'
import { aroundCalls } from './around-calls.ts'
import type { CartStore } from './cart-store.ts'

/**
 * A circuit breaker between the service and a database that is frozen or gone
 * ==========================================================================
 *
 * - closed  calls go to the store. It opens after `FAILURES` calls without a usable response (STORE_TIMEOUT,
 *           STORE_UNAVAILABLE) and none with one between, if the last response was `SILENCE_MS` ago: a batch that fails as
 *           a whole, or one slow statement, does not open it while the database responds to others.
 * - open    calls are refused at once with STORE_BUSY, because nothing is sent. A ping every `PROBE_MS` and `PAUSE_MS` looks whether the database is
 *           back. It does not wait for the ping before, since a connection from before may never respond: the pings use up
 *           such connections, until one opens a fresh connection. The response to any earlier call or ping closes it too,
 *           which is how a frozen database reports first.
 *
 * Not a library, because theirs (opossum, cockatiel) probe with a call of a client, and count calls instead of silence.
 */
export interface BreakerOptions {
  /** Called when it opens, with the failure, and when it closes. */
  readonly changed?: (open: boolean, error?: CartError) => void
  /** Monotonic, milliseconds. */
  readonly clock?: () => number
}

export interface Breaker {
  readonly store: CartStore
  isOpen(): boolean
}

const FAILURES = 3
const SILENCE_MS = 1000
const PROBE_MS = 500
const PAUSE_MS = 100

const NO_RESPONSE: readonly ErrorCode[] = ['STORE_TIMEOUT', 'STORE_UNAVAILABLE']
/** Errors that do not show whether the database responds. */
const UNKNOWN: readonly ErrorCode[] = [
  'STORE_BUSY',
  'STORE_MISCONFIGURED',
  'HOME_UNAVAILABLE',
  'INTERNAL_ERROR',
]
/** Never refused: `/health/ready` and the sweeper have their own patience. */
const PASSED = ['ping', 'sweepExpired']

/** Closing the returned store also ends the pings. */
export function openBreaker(
  store: CartStore,
  { changed = () => {}, clock = () => performance.now() }: BreakerOptions = {},
): Breaker {
  let open = false
  let closed = false
  let failures = 0
  let respondedAt = clock()

  function responded(): void {
    failures = 0
    respondedAt = clock()
    if (!open) return
    open = false
    changed(false)
  }

  function failed(error: unknown): void {
    const code = error instanceof CartError ? error.code : 'INTERNAL_ERROR'
    if (UNKNOWN.includes(code)) return
    if (!NO_RESPONSE.includes(code)) {
      responded()
      return
    }
    failures += 1
    if (open || closed || failures < FAILURES || clock() - respondedAt < SILENCE_MS) return
    open = true
    changed(true, error as CartError)
    void probe()
  }

  async function probe(): Promise<void> {
    while (open && !closed) {
      try {
        const ping = store.ping()
        ping.then(responded, () => {})
        await withTimeout(ping, PROBE_MS, () => new Error('no response'))
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref())
      }
    }
  }

  const guarded = aroundCalls(store, (operation, call) => {
    if (open && !PASSED.includes(operation)) return Promise.reject(refusal())
    const result = call()
    result.then(responded, failed)
    return result
  })
  return {
    isOpen: () => open,
    store: {
      ...guarded,
      // It changes during a move.
      get kind() {
        return store.kind
      },
      close() {
        closed = true
        return store.close()
      },
    },
  }
}

function refusal(): CartError {
  return new CartError('STORE_BUSY', 'The database does not respond. Nothing was sent to it.')
}
