import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { deleted, emptied, lineRemoved, lineSet } from '../../cart/rules.ts'
import type { CartStore } from '../cart-store.ts'
import { bootFailure } from './boot-failure.ts'
import { addLines, changeCart, checkout } from './changes.ts'
import { openClients } from './clients.ts'
import { createCart } from './create.ts'
import { isEmulator, watchEndpoint } from './endpoint.ts'
import { openGuard } from './guard.ts'
import { listCarts, listOrders } from './lists.ts'
import { mergeCart } from './merge.ts'
import { getCart, getOrder, getOwner, readItem } from './read.ts'
import { checkTable, ensureTable } from './table-setup.ts'

export interface DynamoStoreOptions {
  readonly tableName: string
  /** Make the table if it is not there. */
  readonly migrate?: boolean
  /** What the SDK would otherwise take from its own variables and files. */
  readonly clientConfig?: DynamoDBClientConfig
}

/**
 * A store on DynamoDB: one table, one item per cart (see `item.ts`), every change of one cart one conditional
 * update. Rejects with a `CartError` that says why: STORE_MISCONFIGURED when the table is missing or not ours.
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<CartStore> {
  const { run, close } = openGuard()
  const { clients, emulator } = await run(() => openReady(options))
  return {
    kind: 'dynamodb',
    emulator,
    createCart: (cart) => run(() => createCart(clients, cart)),
    getCart: (cartId, read) => run(() => getCart(clients, cartId, read)),
    getOwner: (cartId, now) => run(() => getOwner(clients, cartId, now)),
    addLines: (cartId, lines, change) => run(() => addLines(clients, cartId, lines, change)),
    setLine: (cartId, line, change) =>
      run(() => changeCart(clients, cartId, change, lineSet(line))),
    removeLine: (cartId, productId, change) =>
      run(() => changeCart(clients, cartId, change, lineRemoved(productId))),
    emptyCart: (cartId, change) => run(() => changeCart(clients, cartId, change, emptied)),
    deleteCart: (cartId, change) => run(() => changeCart(clients, cartId, change, deleted)),
    mergeCart: (cartId, merge, change) => run(() => mergeCart(clients, cartId, merge, change)),
    checkout: (cartId, change) => run(() => checkout(clients, cartId, change)),
    listCarts: (customerId, page) => run(() => listCarts(clients, customerId, page)),
    getOrder: (orderId) => run(() => getOrder(clients, orderId)),
    listOrders: (customerId, page) => run(() => listOrders(clients, customerId, page)),
    // DynamoDB's TTL does it.
    sweepExpired: () => run(async () => 0),
    ping: () =>
      run(async () => {
        await readItem(clients, NO_CART, 'eventual')
      }),
    async close() {
      await close()
      clients.destroy()
    },
  }
}

/** A key that no cart has: half a read unit tells whether the table answers. */
const NO_CART = '00000000-0000-0000-0000-000000000000'

async function openReady({ tableName, migrate, clientConfig }: DynamoStoreOptions) {
  const clients = await openClients(tableName, clientConfig)
  const endpoint = watchEndpoint(clients.repeating)
  try {
    await (migrate === true ? ensureTable : checkTable)(clients.repeating, tableName)
    return { clients, emulator: isEmulator(endpoint()?.hostname ?? '') }
  } catch (error) {
    clients.destroy()
    throw bootFailure(error, tableName, endpoint()?.host)
  }
}
