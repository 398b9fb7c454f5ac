import { type Answer, type ExchangeOptions, openExchange } from './exchange.ts'

export type { Answer, ExchangeOptions } from './exchange.ts'

/** One line of a cart, as far as the core API promises it. */
export interface CartItem {
  readonly product_id: number | string
  readonly quantity: number
}

/**
 * The three core endpoints of a cart service, ours or anybody's. No method rejects: an answer with
 * another status or shape than the API promises, or none at all, has an `error`.
 */
export interface CartApi {
  /** Expects 201 with a `shopping_cart_id`, text or number; `cartId` is its text, `null` on error. */
  createCart(customerId: number): Promise<Answer & { readonly cartId: string | null }>
  /** Expects 204. */
  addItem(cartId: string, productId: number, quantity: number): Promise<Answer>
  /** Expects 200 with an array of `items`, which are `null` on error. */
  getCart(cartId: string): Promise<Answer & { readonly items: readonly CartItem[] | null }>
  /** Whether the host has answered nothing at all for so long that waiting on is no use. */
  isSilent(): boolean
  close(): Promise<void>
}

/** @throws UsageError when `host` is no usable URL */
export function openCartApi(host: string, options: ExchangeOptions = {}): CartApi {
  const exchange = openExchange(host, options)
  const pathOf = (cartId: string) => `/shopping-carts/${encodeURIComponent(cartId)}`

  return {
    async createCart(customerId) {
      const answer = await exchange.send('POST', '/shopping-carts', { customer_id: customerId })
      return readAs(answer, 201, 'cartId', cartIdOf, 'the answer holds no shopping_cart_id')
    },
    async addItem(cartId, productId, quantity) {
      const body = { product_id: productId, quantity }
      return expecting(204, await exchange.send('POST', `${pathOf(cartId)}/items`, body))
    },
    async getCart(cartId) {
      const answer = await exchange.send('GET', pathOf(cartId))
      return readAs(answer, 200, 'items', itemsOf, 'the answer holds no cart items')
    },
    isSilent: exchange.isSilent,
    close: exchange.close,
  }
}

/** The answer with what `read` finds in it as `key`, or with an error. */
function readAs<K extends string, T>(
  answer: Answer,
  status: number,
  key: K,
  read: (body: unknown) => T | null,
  otherwise: string,
): Answer & Record<K, T | null> {
  const checked = expecting(status, answer)
  const value = checked.error === undefined ? read(checked.body) : null
  const misshapen = checked.error === undefined && value === null
  const found = { [key]: value } as Record<K, T | null>
  return { ...checked, ...found, ...(misshapen && { error: otherwise }) }
}

function expecting(status: number, answer: Answer): Answer {
  if (answer.error !== undefined || answer.status === status) return answer
  const code = errorCodeOf(answer.body)
  const got = code === null ? `${answer.status}` : `${answer.status} ${code}`
  return { ...answer, error: `expected ${status}, got ${got}` }
}

/** The stable code that many services send with a failure. Anything else stays off the terminal. */
function errorCodeOf(body: unknown): string | null {
  const code = isObject(body) ? body.error : undefined
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : null
}

function cartIdOf(body: unknown): string | null {
  const id = isObject(body) ? body.shopping_cart_id : undefined
  if (typeof id === 'string' && id.length >= 1 && id.length <= 500) return id
  return typeof id === 'number' ? String(id) : null
}

function itemsOf(body: unknown): readonly CartItem[] | null {
  const items = isObject(body) ? body.items : undefined
  return Array.isArray(items) && items.every(isItem) ? items : null
}

function isItem(value: unknown): value is CartItem {
  if (!isObject(value) || typeof value.quantity !== 'number') return false
  return typeof value.product_id === 'number' || typeof value.product_id === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
