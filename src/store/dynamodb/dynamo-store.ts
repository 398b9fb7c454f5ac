import { type DynamoDBClientConfig, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Cart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { CartStore, NewCart } from '../cart-store.ts'
import { addLines, checkout, readItem, visibleCart } from './changes.ts'
import { type Clients, openClients } from './clients.ts'
import { isNamed } from './errors.ts'
import { openGuard } from './guard.ts'
import { cartOf, itemOf } from './item.ts'
import { isOrder, listCarts, listOrders } from './lists.ts'
import { checkTable, ensureTable } from './table-setup.ts'

export interface DynamoStoreOptions {
  readonly tableName: string
  /** Make the table if it is not there. */
  readonly migrate?: boolean
  /** What the SDK would otherwise take from its own variables and files. */
  readonly clientConfig?: DynamoDBClientConfig
}

/**
 * A store on DynamoDB: one table, one item per cart (see `item.ts`), every change one conditional
 * update. Rejects with a `CartError`: STORE_MISCONFIGURED when the table is missing or not ours.
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<CartStore> {
  const { run, close } = openGuard()
  const clients = await run(() => openReady(options))
  return {
    kind: 'dynamodb',
    createCart: (cart) => run(() => createCart(clients, cart)),
    getCart: (cartId, { now, consistency }) =>
      run(async () => visibleCart(await readItem(clients, cartId, consistency), now)),
    addLines: (cartId, lines, change) => run(() => addLines(clients, cartId, lines, change)),
    checkout: (cartId, change) => run(() => checkout(clients, cartId, change)),
    listCarts: (customerId, page) => run(() => listCarts(clients, customerId, page)),
    getOrder: (orderId) =>
      run(async () => {
        const item = await readItem(clients, orderId)
        const cart = item && cartOf(item)
        if (cart === undefined || !isOrder(cart)) throw new CartError('ORDER_NOT_FOUND')
        return cart
      }),
    listOrders: (customerId, page) => run(() => listOrders(clients, customerId, page)),
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
  try {
    await (migrate === true ? ensureTable : checkTable)(clients.reads, tableName)
    return clients
  } catch (error) {
    clients.destroy()
    throw error
  }
}

/** The one change that may be sent twice: the second finds the item that the first has made. */
async function createCart({ reads, tableName }: Clients, cart: NewCart): Promise<void> {
  try {
    await reads.send(
      new PutItemCommand({
        TableName: tableName,
        Item: itemOf(emptyCart(cart)),
        ConditionExpression: 'attribute_not_exists(cart_id)',
      }),
    )
  } catch (error) {
    if (isNamed(error, 'ConditionalCheckFailedException')) {
      const { attempts = 1 } = (error as { $metadata?: { attempts?: number } }).$metadata ?? {}
      if (attempts > 1) return
      throw new CartError('INTERNAL_ERROR', undefined, { cause: error })
    }
    throw error
  }
}

function emptyCart({ cartId, customerId, now, expiresAt }: NewCart): Cart {
  return {
    cartId,
    customerId,
    status: 'active',
    version: 1,
    lines: [],
    createdAt: now,
    updatedAt: now,
    expiresAt,
    orderedAt: null,
  }
}
