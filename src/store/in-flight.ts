import { CartError } from '../cart/errors.ts'

/** The calls of a store that are in flight. */
export interface InFlight {
  /** Makes a call that `close` waits for. Rejects with STORE_UNAVAILABLE after `close`. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Refuses further calls and waits for those in flight. */
  close(): Promise<void>
}

export function openInFlight(): InFlight {
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>()
  let count = 0
  let closed = false

  function over(): void {
    count -= 1
    if (closed && count === 0) drain()
  }

  return {
    // Counts calls and returns their own promises; a set of promises and another promise per call cost more.
    run(call) {
      if (closed)
        return Promise.reject(new CartError('STORE_UNAVAILABLE', 'The store has been closed.'))
      try {
        const result = call()
        count += 1
        result.then(over, over)
        return result
      } catch (error) {
        return Promise.reject(error)
      }
    },
    async close() {
      closed = true
      if (count > 0) await drained
    },
  }
}
