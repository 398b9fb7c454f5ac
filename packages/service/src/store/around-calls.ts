import type { CartStore } from './cart-store.ts'

/** The operations of a store that access the database. */
export type StoreOperation = Exclude<keyof CartStore, 'kind' | 'emulator' | 'layout' | 'close'>

/** Makes a call of a store, or refuses it. Returns the promise of the call itself where nothing has to be added to it. */
export type AroundCall = <T>(operation: StoreOperation, call: () => Promise<T>) => Promise<T>

/** The same store; `around` makes every call. */
export function aroundCalls(store: CartStore, around: AroundCall): CartStore {
  const { createOnce } = store
  return {
    get kind() {
      return store.kind
    },
    ...(store.emulator !== undefined && { emulator: store.emulator }),
    ...(store.layout !== undefined && { layout: store.layout }),
    createCart: (cart) => around('createCart', () => store.createCart(cart)),
    ...(createOnce !== undefined && {
      createOnce: (cart) => around('createOnce', () => createOnce(cart)),
    }),
    getCart: (id, read) => around('getCart', () => store.getCart(id, read)),
    getOwner: (...args) => around('getOwner', () => store.getOwner(...args)),
    addLines: (id, lines, change) => around('addLines', () => store.addLines(id, lines, change)),
    setLine: (id, line, change) => around('setLine', () => store.setLine(id, line, change)),
    removeLine: (id, which, change) =>
      around('removeLine', () => store.removeLine(id, which, change)),
    setAttributes: (...args) => around('setAttributes', () => store.setAttributes(...args)),
    reprice: (...args) => around('reprice', () => store.reprice(...args)),
    emptyCart: (id, change) => around('emptyCart', () => store.emptyCart(id, change)),
    deleteCart: (id, change) => around('deleteCart', () => store.deleteCart(id, change)),
    mergeCart: (id, merge, change) => around('mergeCart', () => store.mergeCart(id, merge, change)),
    checkout: (...args) => around('checkout', () => store.checkout(...args)),
    activeCart: (cart) => around('activeCart', () => store.activeCart(cart)),
    listCarts: (customerId, page) => around('listCarts', () => store.listCarts(customerId, page)),
    getOrder: (id) => around('getOrder', () => store.getOrder(id)),
    listOrders: (customerId, page) =>
      around('listOrders', () => store.listOrders(customerId, page)),
    sweepExpired: (now, limit) => around('sweepExpired', () => store.sweepExpired(now, limit)),
    ping: () => around('ping', () => store.ping()),
    close: () => store.close(),
  }
}
