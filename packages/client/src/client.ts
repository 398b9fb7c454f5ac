import { type Ask, type Connection, openConnection, path } from './connection.ts'
import { type Incoming, unexpected } from './exchange.ts'
import { idText } from './id-text.ts'
import type {
  CallOptions,
  ChangeOptions,
  ConditionalChangeOptions,
  EachOptions,
  GetCartOptions,
  ListOptions,
  ProductQuery,
  PushcartClientOptions,
} from './options.ts'
import { eachItem } from './pages.ts'
import type {
  Cart,
  CartPage,
  EntityId,
  Health,
  Merge,
  NewItem,
  Order,
  OrderPage,
  Product,
  ProductPage,
} from './types.ts'
import { type KnownVersions, rememberVersions } from './versions.ts'

/** What the response to every change has. */
export interface Changed {
  /** The version that the change made. */
  readonly version: number
  /** Whether the change had been made before, by an earlier request with the same idempotency key. */
  readonly replayed: boolean
}

/**
 * A client of one cart service, for Node 20 and later and for browsers.
 *
 * Objects are the API's own JSON, snake_case included, so docs/api.md describes them and nothing is lost in translation;
 * what only steers a call (`ifMatch`, `signal`) is camelCase. Every change carries an idempotency key,
 * which makes it safe to send again when no response came: it counts once. Reads of a cart show what this
 * client has done to it, on any store.
 *
 * Every method rejects with a `PushcartError`, with the reason of the caller's own `signal`, or with a TypeError for
 * an argument that cannot be sent.
 */
export class PushcartClient {
  readonly #connection: Connection
  readonly #known: KnownVersions = rememberVersions()
  readonly #readYourWrites: boolean
  /** The entity tags of the carts that were returned. */
  readonly #tags = new WeakMap<Cart, string>()

  constructor(options: PushcartClientOptions) {
    this.#connection = openConnection(options)
    this.#readYourWrites = options.readYourWrites ?? true
  }

  /** Makes an empty cart. */
  async createCart(
    customerId: EntityId,
    options: ChangeOptions = {},
  ): Promise<{ readonly shopping_cart_id: string } & Changed> {
    const body = { customer_id: customerId }
    const ask = { method: 'POST', path: path('shopping-carts'), body, expected: [201] } as const
    const answer = await this.#connection.change(ask, options)
    const { shopping_cart_id } = answer.body as { shopping_cart_id: unknown }
    if (typeof shopping_cart_id !== 'string')
      throw unexpected(answer, 'the answer holds no shopping_cart_id')
    return { shopping_cart_id, ...this.#changed(shopping_cart_id, answer) }
  }

  /** The cart, or `null` when it is still as `ifNoneMatch` says. */
  getCart(
    cartId: string,
    options?: GetCartOptions & { readonly ifNoneMatch?: undefined },
  ): Promise<Cart>
  getCart(cartId: string, options: GetCartOptions): Promise<Cart | null>
  async getCart(cartId: string, options: GetCartOptions = {}): Promise<Cart | null> {
    const { ifNoneMatch } = options
    const answer = await this.#connection.read(
      {
        method: 'GET',
        path: path('shopping-carts', cartId),
        query: this.#freshness(cartId, options),
        ...(ifNoneMatch !== undefined && {
          headers: { 'if-none-match': this.#tagOf(ifNoneMatch) },
        }),
        expected: ifNoneMatch === undefined ? [200] : [200, 304],
      },
      options,
    )
    if (answer.status === 304) return null
    const cart = answer.body as Cart
    const tag = answer.headers.get('etag')
    if (tag !== null) this.#tags.set(cart, tag)
    return cart
  }

  /** Adds to what the cart holds of the product. Adds at the same time all count. */
  async addItem(
    cartId: string,
    productId: EntityId,
    quantity: number,
    options: ChangeOptions = {},
  ): Promise<Changed> {
    const body = { product_id: productId, quantity }
    return this.#change(cartId, { method: 'POST', path: itemsPath(cartId), body }, options)
  }

  /** Adds up to 100 products at once: all of them or, when one is refused, none. */
  async addItems(
    cartId: string,
    items: readonly NewItem[],
    options: ChangeOptions = {},
  ): Promise<Changed> {
    const body = { items }
    return this.#change(cartId, { method: 'POST', path: itemsPath(cartId), body }, options)
  }

  /** Makes `quantity` the quantity of the product, which need not be in the cart yet. */
  async setQuantity(
    cartId: string,
    productId: EntityId,
    quantity: number,
    options: ConditionalChangeOptions = {},
  ): Promise<Changed> {
    const body = { quantity }
    return this.#change(cartId, { method: 'PUT', path: itemPath(cartId, productId), body }, options)
  }

  /** Takes a product out of the cart. */
  async removeItem(
    cartId: string,
    productId: EntityId,
    options: ConditionalChangeOptions = {},
  ): Promise<Changed> {
    return this.#change(cartId, { method: 'DELETE', path: itemPath(cartId, productId) }, options)
  }

  /** Takes everything out of the cart. */
  async emptyCart(cartId: string, options: ConditionalChangeOptions = {}): Promise<Changed> {
    return this.#change(cartId, { method: 'DELETE', path: itemsPath(cartId) }, options)
  }

  /** Ends the cart: from then on it is not found. */
  async deleteCart(cartId: string, options: ConditionalChangeOptions = {}): Promise<Changed> {
    return this.#change(cartId, { method: 'DELETE', path: path('shopping-carts', cartId) }, options)
  }

  /**
   * Moves the lines of another cart into this one, which is returned; `null` if it was deleted since, which a repeat can
   * find. A repeat has no second effect.
   */
  async merge(cartId: string, merge: Merge, options: ChangeOptions = {}): Promise<Cart | null> {
    const to = path('shopping-carts', cartId, 'merge')
    const ask = { method: 'POST', path: to, body: merge, expected: [200, 204] } as const
    const answer = await this.#connection.change(ask, options)
    this.#known.remember(merge.from_cart_id, 'strong')
    if (answer.status === 204) return null
    const cart = answer.body as Cart
    this.#known.remember(cartId, cart.version)
    return cart
  }

  /** Turns the cart into an order of exactly the lines that it has in the response's `version`. */
  async checkout(
    cartId: string,
    options: ConditionalChangeOptions = {},
  ): Promise<{ readonly order_id: string } & Changed> {
    const to = path('shopping-carts', cartId, 'checkout')
    const ask = { method: 'POST', path: to, expected: [200] } as const
    const answer = await this.#connection.change(ask, options)
    const { order_id } = answer.body as { order_id: string }
    return { order_id, ...this.#changed(cartId, answer) }
  }

  /** One page of a customer's carts, newest first. */
  async listCarts(customerId: EntityId, options: ListOptions = {}): Promise<CartPage> {
    return this.#list('shopping-carts', { customer_id: idText(customerId) }, options)
  }

  /** All carts of a customer, newest first; pages are fetched as they are needed. */
  eachCart(customerId: EntityId, options: EachOptions = {}): AsyncGenerator<Cart, void, undefined> {
    return eachItem(async (cursor) => {
      const page = await this.listCarts(customerId, { ...options, cursor })
      return [page.carts, page.next_cursor]
    })
  }

  async getOrder(orderId: string, options: CallOptions = {}): Promise<Order> {
    return this.#get(path('orders', orderId), options)
  }

  /** One page of a customer's orders, latest first. */
  async listOrders(customerId: EntityId, options: ListOptions = {}): Promise<OrderPage> {
    return this.#list('orders', { customer_id: idText(customerId) }, options)
  }

  /** All orders of a customer, latest first; pages are fetched as they are needed. */
  eachOrder(
    customerId: EntityId,
    options: EachOptions = {},
  ): AsyncGenerator<Order, void, undefined> {
    return eachItem(async (cursor) => {
      const page = await this.listOrders(customerId, { ...options, cursor })
      return [page.orders, page.next_cursor]
    })
  }

  async getProduct(productId: EntityId, options: CallOptions = {}): Promise<Product> {
    return this.#get(path('products', idText(productId)), options)
  }

  /** One page of the products that fit; of all products without a name and category. */
  async searchProducts(query: ProductQuery = {}, options: ListOptions = {}): Promise<ProductPage> {
    return this.#list('products', { name: query.name, category: query.category }, options)
  }

  /** What stands behind the service; says nothing of whether the database can be reached. */
  async health(options: CallOptions = {}): Promise<Health> {
    return this.#get(path('health'), options)
  }

  async #get<T>(from: string, options: CallOptions): Promise<T> {
    const ask = { method: 'GET', path: from, expected: [200] } as const
    return (await this.#connection.read(ask, options)).body as T
  }

  async #list<T>(of: string, filter: Ask['query'], options: ListOptions): Promise<T> {
    const { limit, cursor } = options
    const query = { ...filter, limit, cursor }
    const ask = { method: 'GET', path: path(of), query, expected: [200] } as const
    return (await this.#connection.read(ask, options)).body as T
  }

  /** A change that returns nothing but the version. */
  async #change(
    cartId: string,
    ask: Pick<Ask, 'method' | 'path' | 'body'>,
    options: ConditionalChangeOptions,
  ): Promise<Changed> {
    const answer = await this.#connection.change({ ...ask, expected: [204] }, options)
    return this.#changed(cartId, answer)
  }

  #changed(cartId: string, answer: Incoming): Changed {
    // Proxies that compress make an entity tag weak.
    const version = /^(?:W\/)?"(\d{1,15})"$/.exec(answer.headers.get('etag') ?? '')?.[1]
    if (version === undefined)
      throw unexpected(answer, 'the change was made, but its version (header ETag) is missing')
    this.#known.remember(cartId, Number(version))
    const replayed = answer.headers.get('idempotency-replayed') === 'true'
    return { version: Number(version), replayed }
  }

  #tagOf(known: number | Cart): string {
    if (typeof known === 'number') return `"${known}"`
    return this.#tags.get(known) ?? `"${known.version}"`
  }

  /** How the read must be made to show what this client has done to the cart. */
  #freshness(cartId: string, { consistency, minVersion }: GetCartOptions) {
    if (consistency === 'strong') return { consistency }
    const wanted = minVersion ?? (this.#readYourWrites ? this.#known.of(cartId) : undefined)
    if (wanted === 'strong') return { consistency: wanted }
    return { consistency, min_version: wanted }
  }
}

function itemsPath(cartId: string): string {
  return path('shopping-carts', cartId, 'items')
}

function itemPath(cartId: string, productId: EntityId): string {
  return path('shopping-carts', cartId, 'items', idText(productId))
}
