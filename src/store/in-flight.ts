import { CartError } from '../cart/errors.ts'

/** The calls of a store that are under way. */
export interface InFlight {
  /** Makes a call, which `close` waits for. Rejects with STORE_UNAVAILABLE once closed. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** Refuses further calls and waits for those under way. */
  close(): Promise<void>
}

export function openInFlight(): InFlight {
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>()
  let underWay = 0
  let closed = false

  function over(): void {
    underWay -= 1
    if (closed && underWay === 0) drain()
  }

  return {
    // Counts and passes the call's own promise on: a set of promises, and one more awaited for each, cost more.
    run(call) {
      if (closed)
        return Promise.reject(new CartError('STORE_UNAVAILABLE', 'The store has been closed.'))
      try {
        const answer = call()
        underWay += 1
        answer.then(over, over)
        return answer
      } catch (error) {
        return Promise.reject(error)
      }
    },
    async close() {
      closed = true
      if (underWay > 0) await drained
    },
  }
}
