import { CartError } from '../cart/errors.ts'

/** The calls of a store that are under way. */
export interface InFlight {
  /** Makes a call, which `close` waits for. Rejects with STORE_UNAVAILABLE once closed. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Refuses further calls and waits for those under way. */
  close(): Promise<void>
}

export function openInFlight(): InFlight {
  const calls = new Set<Promise<unknown>>()
  let closed = false

  return {
    async run(call) {
      if (closed) throw new CartError('STORE_UNAVAILABLE', 'The store has been closed.')
      // Also a call that throws before it has made a promise.
      const answer = (async () => call())()
      calls.add(answer)
      try {
        return await answer
      } finally {
        calls.delete(answer)
      }
    },
    async close() {
      closed = true
      await Promise.allSettled(calls)
    },
  }
}
