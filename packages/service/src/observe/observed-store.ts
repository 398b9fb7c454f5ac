import { CartError, type ErrorCode } from '../cart/errors.ts'
import { aroundCalls, type StoreOperation } from '../store/around-calls.ts'
import type { CartStore } from '../store/cart-store.ts'

export type StoreOutcome = 'ok' | ErrorCode

/** Called when an operation begins; the returned function is called with its outcome. */
export type StoreObserver = (operation: StoreOperation) => (outcome: StoreOutcome) => void

/** The same store; `begin` is called for every operation. */
export function observed(store: CartStore, begin: StoreObserver): CartStore {
  // Not async: the caller gets the store's promise itself, without another promise around it.
  function watch<T>(operation: StoreOperation, call: () => Promise<T>): Promise<T> {
    const end = begin(operation)
    const result = call()
    result.then(
      () => end('ok'),
      (error) => end(error instanceof CartError ? error.code : 'INTERNAL_ERROR'),
    )
    return result
  }

  return aroundCalls(store, watch)
}

/** An observer that calls two observers. */
export function bothObservers(one: StoreObserver, other: StoreObserver): StoreObserver {
  return (operation) => {
    const [endOne, endOther] = [one(operation), other(operation)]
    return (outcome) => {
      endOne(outcome)
      endOther(outcome)
    }
  }
}
