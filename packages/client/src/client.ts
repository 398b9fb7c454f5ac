import { type Ask, type Connection, openConnection, path } from './connection.ts'
import { type Incoming, unexpected } from './exchange.ts'
import { idText } from './id-text.ts'
import type {
  CallOptions,
  CartFilter,
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
  Attributes,
  Cart,
  CartPage,
  Checkout,
  EntityId,
  Health,
  LineRef,
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

  /**
   * The newest active cart of the customer, or a new one if there is none. Any number of calls at the same time return one cart.
   */
  async getActiveCart(
    customerId: EntityId,
    options: CallOptions = {},
  ): Promise<{
    readonly shopping_cart_id: string
    readonly version: number
    readonly created: boolean
  }> {
    const to = path('customers', idText(customerId), 'active-cart')
    const ask = { method: 'PUT', path: to, expected: [200, 201] } as const
    const answer = await this.#connection.read(ask, options)
    const { shopping_cart_id } = answer.body as { shopping_cart_id: unknown }
    if (typeof shopping_cart_id !== 'string')
      throw unexpected(answer, 'the answer holds no shopping_cart_id')
    const { version } = this.#changed(shopping_cart_id, answer)
    return { shopping_cart_id, version, created: answer.status === 201 }
  }

  /**
   * Adds to what the cart holds of the product with these attributes, by default none. Adds at the same time all count.
   */
  async addItem(
    cartId: string,
    productId: EntityId,
    quantity: number,
    { attributes, ...options }: ChangeOptions & { readonly attributes?: Attributes } = {},
  ): Promise<Changed> {
    const body = { product_id: productId, quantity, attributes }
    return this.#change(cartId, { method: 'POST', path: itemsPath(cartId), body }, options)
  }

  /** Adds up to 100 different lines at once: all of them or, when one is refused, none. */
  async addItems(
    cartId: string,
    items: readonly NewItem[],
    options: ChangeOptions = {},
  ): Promise<Changed> {
    const body = { items }
    return this.#change(cartId, { method: 'POST', path: itemsPath(cartId), body }, options)
  }

  /**
   * Makes `quantity` the quantity of a line, which need not be in the cart yet.
   *
   * @param line a line of a cart, or a product: its line without attributes
   */
  async setQuantity(
    cartId: string,
    line: EntityId | LineRef,
    quantity: number,
    options: ConditionalChangeOptions = {},
  ): Promise<Changed> {
    const body = { quantity }
    return this.#change(cartId, { method: 'PUT', path: linePath(cartId, line), body }, options)
  }

  /** Gives a line other attributes; `{}` for none. If the cart has a line with these already, both become one. */
  async setAttributes(
    cartId: string,
    line: LineRef,
    attributes: Attributes,
    options: ConditionalChangeOptions = {},
  ): Promise<Changed> {
    const body = { attributes }
    return this.#change(cartId, { method: 'PATCH', path: linePath(cartId, line), body }, options)
  }

  /**
   * Takes a line out of the cart.
   *
   * @param line a line of a cart, or a product: all its lines
   */
  async removeItem(
    cartId: string,
    line: EntityId | LineRef,
    options: ConditionalChangeOptions = {},
  ): Promise<Changed> {
    return this.#change(cartId, { method: 'DELETE', path: linePath(cartId, line) }, options)
  }

  /** Gives every line the price of today. If there is nothing to change, the version stays. */
  async reprice(cartId: string, options: ConditionalChangeOptions = {}): Promise<Changed> {
    const to = path('shopping-carts', cartId, 'reprice')
    return this.#change(cartId, { method: 'POST', path: to }, options)
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

  /**
   * Turns the cart into an order of exactly the lines that it has in the response's `version`.
   *
   * @param options may have what the shopper saw, so that nothing else is ordered
   */
  async checkout(
    cartId: string,
    {
      expected_total,
      currency,
      refuse_warnings,
      ...options
    }: ConditionalChangeOptions & Checkout = {},
  ): Promise<{ readonly order_id: string } & Changed> {
    const to = path('shopping-carts', cartId, 'checkout')
    const seen = { expected_total, currency, refuse_warnings }
    const body = Object.values(seen).some((each) => each !== undefined) ? seen : undefined
    const ask = { method: 'POST', path: to, expected: [200], ...(body && { body }) } as const
    const answer = await this.#connection.change(ask, options)
    const { order_id } = answer.body as { order_id: string }
    return { order_id, ...this.#changed(cartId, answer) }
  }

  /** One page of a customer's carts, newest first; of those with `status`, if there is one. */
  async listCarts(
    customerId: EntityId,
    { status, ...options }: ListOptions & CartFilter = {},
  ): Promise<CartPage> {
    return this.#list('shopping-carts', { customer_id: idText(customerId), status }, options)
  }

  /** All carts of a customer, newest first; pages are fetched as they are needed. */
  eachCart(
    customerId: EntityId,
    options: EachOptions & CartFilter = {},
  ): AsyncGenerator<Cart, void, undefined> {
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

function linePath(cartId: string, line: EntityId | LineRef): string {
  return typeof line === 'object'
    ? path('shopping-carts', cartId, 'lines', line.line_id)
    : path('shopping-carts', cartId, 'items', idText(line))
}
