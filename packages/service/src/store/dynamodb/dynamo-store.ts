import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { type Currency, currencyOf } from '../../cart/money.ts'
import {
  attributesSet,
  checkedOutAs,
  deleted,
  emptied,
  lineRemoved,
  lineSet,
  repriced,
} from '../../cart/rules.ts'
import { guardedResidences } from '../guarded-residences.ts'
import type { MovableStore } from '../residences.ts'
import { activeCart } from './active-cart.ts'
import { bootFailure } from './boot-failure.ts'
import { addLines, changeCart } from './changes.ts'
import { type Client, type ClientOptions, openClient } from './client.ts'
import { createCart } from './create.ts'
import { createOnce } from './create-once.ts'
import { openGuard } from './guard.ts'
import { readItem } from './items.ts'
import { legacyCurrencyOf } from './legacy-currency.ts'
import { listCarts, listOrders } from './lists.ts'
import { mergeCart } from './merge.ts'
import { getCart, getOrder, getOwner } from './read.ts'
import { openResidences } from './residences.ts'
import { checkTable, ensureTable } from './table-setup.ts'
import { HTTP } from './transport.ts'
import { isEmulator, watchEndpoint } from './wire/endpoint.ts'

export interface DynamoStoreOptions extends ClientOptions {
  /** Create the table if it is missing. */
  readonly migrate?: boolean
  /** The currency of carts from releases that did not record it; used by the first start of a table. Default USD. */
  readonly legacyCurrency?: Currency | undefined
}

/**
 * A store on DynamoDB: one table, one item per cart (see `item.ts`), one conditional update per change of a cart. Rejects with
 * a `CartError`: STORE_MISCONFIGURED when the table is missing or has other keys; with a `ConfigError` without a region.
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<MovableStore> {
  const { client, emulator } = await openReady(options)
  return storeOver(client, { emulator, hasHomes: options.homes !== undefined })
}

/** The store over an open client. `hasHomes`: whether carts have home regions. */
export function storeOver(
  client: Client,
  { emulator, hasHomes }: { readonly emulator: boolean; readonly hasHomes: boolean },
): MovableStore {
  const { run, close } = openGuard()
  return {
    kind: 'dynamodb',
    emulator,
    createCart: (cart) => run(() => createCart(client, cart)),
    ...(hasHomes && {
      createOnce: (cart) => run(() => createOnce(client, cart)),
    }),
    getCart: (cartId, read) => run(() => getCart(client, cartId, read)),
    getOwner: (cartId, now) => run(() => getOwner(client, cartId, now)),
    addLines: (cartId, lines, change) => run(() => addLines(client, cartId, lines, change)),
    setLine: (cartId, line, change) => run(() => changeCart(client, cartId, change, lineSet(line))),
    removeLine: (cartId, which, change) =>
      run(() => changeCart(client, cartId, change, lineRemoved(which))),
    setAttributes: (cartId, line, attributes, change) =>
      run(() => changeCart(client, cartId, change, attributesSet(line, attributes))),
    reprice: (cartId, priceOf, change) =>
      run(() => changeCart(client, cartId, change, repriced(priceOf))),
    emptyCart: (cartId, change) => run(() => changeCart(client, cartId, change, emptied)),
    deleteCart: (cartId, change) => run(() => changeCart(client, cartId, change, deleted)),
    mergeCart: (cartId, merge, change) => run(() => mergeCart(client, cartId, merge, change)),
    checkout: (cartId, change, expected) =>
      run(() => changeCart(client, cartId, change, checkedOutAs(expected ?? {}))),
    activeCart: (cart) => run(() => activeCart(client, cart)),
    listCarts: (customerId, page) => run(() => listCarts(client, customerId, page)),
    getOrder: (orderId) => run(() => getOrder(client, orderId)),
    listOrders: (customerId, page) => run(() => listOrders(client, customerId, page)),
    // DynamoDB's TTL removes expired carts.
    sweepExpired: () => run(async () => 0),
    ping: () =>
      run(async () => {
        await readItem(client, NO_CART, 'eventual')
        const now = Date.parse(client.date() ?? '')
        return Number.isNaN(now) ? undefined : { now, precisionMs: 1000 }
      }),
    residences: guardedResidences(openResidences(client), run),
    async close() {
      await close()
      await client.destroy()
    },
  }
}

/** An id that no cart has: an eventual read of half a unit shows whether the table responds. */
const NO_CART = '00000000-0000-0000-0000-000000000000'

async function openReady({ migrate, legacyCurrency, ...options }: DynamoStoreOptions) {
  const { connectTimeoutMs, requestTimeoutMs } = { ...HTTP, ...options.http }
  const sdk = new DynamoDBClient({
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
    // The SDK would otherwise keep the profiles in its files as they were at the start.
    credentials: defaultProvider({ ignoreCache: true }),
    ...options.clientConfig,
  })
  const endpoint = watchEndpoint(sdk)
  try {
    const { TableArn = options.tableName } = await (migrate === true ? ensureTable : checkTable)(
      sdk,
      options.tableName,
    )
    const seen = endpoint()
    if (seen === undefined) throw new Error('No request was made for the table')
    const emulator = isEmulator(seen.hostname)
    const table = {
      name: options.tableName,
      id: emulator ? `${seen.host} ${TableArn}` : TableArn,
      endpoint: seen,
      legacyCurrency: await legacyCurrencyOf(
        sdk,
        options.tableName,
        legacyCurrency ?? currencyOf('USD'),
      ),
    }
    return { client: await openClient(sdk, table, options), emulator }
  } catch (error) {
    sdk.destroy()
    throw bootFailure(error, options.tableName, endpoint()?.host)
  }
}
