import { CartError } from '../../cart/errors.ts'
import { storeError } from './errors.ts'

/** Runs a store's calls: counts those in flight, and lets nothing but a `CartError` out. */
export interface Guard {
  run<T>(call: () => Promise<T>): Promise<T>
  /** Refuses further calls (STORE_UNAVAILABLE) and waits for those in flight. */
  close(): Promise<void>
}

export function openGuard(): Guard {
  const inFlight = new Set<Promise<unknown>>()
  let closed = false

  return {
    async run(call) {
      if (closed) throw new CartError('STORE_UNAVAILABLE', 'The store has been closed.')
      // Also a call that throws before it has made a promise.
      const answer = (async () => call())()
      inFlight.add(answer)
      try {
        return await answer
      } catch (error) {
        throw storeError(error)
      } finally {
        inFlight.delete(answer)
      }
    },
    async close() {
      closed = true
      await Promise.allSettled(inFlight)
    },
  }
}
