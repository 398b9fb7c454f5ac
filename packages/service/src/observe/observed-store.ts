import { CartError, type ErrorCode } from '../cart/errors.ts'
import type { CartStore } from '../store/cart-store.ts'

/** The observed operations: all that access the database. */
export type StoreOperation = Exclude<keyof CartStore, 'kind' | 'close'>

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

  return {
    kind: store.kind,
    ...(store.layout !== undefined && { layout: store.layout }),
    createCart: (cart) => watch('createCart', () => store.createCart(cart)),
    getCart: (id, read) => watch('getCart', () => store.getCart(id, read)),
    getOwner: (...args) => watch('getOwner', () => store.getOwner(...args)),
    addLines: (id, lines, change) => watch('addLines', () => store.addLines(id, lines, change)),
    setLine: (id, line, change) => watch('setLine', () => store.setLine(id, line, change)),
    removeLine: (id, which, change) =>
      watch('removeLine', () => store.removeLine(id, which, change)),
    setAttributes: (...args) => watch('setAttributes', () => store.setAttributes(...args)),
    reprice: (...args) => watch('reprice', () => store.reprice(...args)),
    emptyCart: (id, change) => watch('emptyCart', () => store.emptyCart(id, change)),
    deleteCart: (id, change) => watch('deleteCart', () => store.deleteCart(id, change)),
    mergeCart: (id, merge, change) => watch('mergeCart', () => store.mergeCart(id, merge, change)),
    checkout: (...args) => watch('checkout', () => store.checkout(...args)),
    listCarts: (customerId, page) => watch('listCarts', () => store.listCarts(customerId, page)),
    getOrder: (id) => watch('getOrder', () => store.getOrder(id)),
    listOrders: (customerId, page) => watch('listOrders', () => store.listOrders(customerId, page)),
    sweepExpired: (now, limit) => watch('sweepExpired', () => store.sweepExpired(now, limit)),
    ping: () => watch('ping', () => store.ping()),
    close: () => store.close(),
  }
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
