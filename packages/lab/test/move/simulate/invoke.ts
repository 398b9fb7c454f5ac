import { createHash } from 'node:crypto'
import type { Line, Operation } from '@pushcart/histories'
import { expiryOf, type NewLine } from '../../../../service/src/cart/cart.ts'
import { CartError } from '../../../../service/src/cart/errors.ts'
import { derivedCartId } from '../../../../service/src/cart/ids.ts'
import { currencyOf } from '../../../../service/src/cart/money.ts'
import type { CartStore, ChangeOptions } from '../../../../service/src/store/cart-store.ts'
import type { Completion } from '../../../src/consistency/record/completion.ts'
import type { Invocation } from '../../../src/consistency/record/invocation.ts'

const USD = currencyOf('USD')
const LIMITS = { maxLineQuantity: 10_000, maxLines: 100, maxUnits: 100_000 }
const PAGE = 10

/** Executes an operation on a store, as the service does, and says what a client sees. */
export async function invoke(
  store: CartStore,
  invocation: Invocation,
  now: number,
): Promise<Completion> {
  const { cart, kind } = invocation
  try {
    return { cart, status: 'ok', ...(await call(store, invocation, now)) }
  } catch (error) {
    if (!(error instanceof CartError)) throw error
    const refused = REFUSALS[error.code]
    if (refused !== undefined) return { cart, status: 'fail', error: refused }
    const isOpen = kind === 'list' || !(error.code in NOTHING_CHANGED)
    return isOpen ? { cart, status: 'info' } : { cart, status: 'fail', error: 'busy' }
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  CART_NOT_FOUND: 'not_found',
  LINE_NOT_FOUND: 'line_not_found',
  CART_NOT_ACTIVE: 'not_active',
  CART_EMPTY: 'cart_empty',
  PRECONDITION_FAILED: 'precondition_failed',
}
const NOTHING_CHANGED = { STORE_BUSY: true, CART_MERGES_LIMIT: true }

type Seen = Partial<Completion>

async function call(store: CartStore, invocation: Invocation, now: number): Promise<Seen> {
  const { kind, cart } = invocation
  switch (kind) {
    case 'create':
      return create(store, invocation, now)
    case 'get': {
      const read = invocation.read === 'eventual' ? 'eventual' : 'strong'
      const found = await store.getCart(cart, { now, consistency: read })
      return { version: found.version, lines: unitsOf(found), cart_status: found.status }
    }
    case 'list':
      return { carts: await list(store, invocation.customer ?? '', now) }
    default: {
      const { version } = await change(store, invocation, termsOf(invocation, now))
      // The response to a merge has the version of the cart as others may have changed it since.
      return kind === 'merge' ? {} : { version }
    }
  }
}

async function create(store: CartStore, { customer = '', key }: Invocation, now: number) {
  const cart = derivedCartId(createHash('sha256').update(`${customer} ${key}`).digest())
  const expiresAt = expiryOf(now, 86_400)
  const made = { cartId: cart, customerId: customer, currency: USD, now, expiresAt }
  // With home regions, the id does not derive from the key.
  if (store.createOnce !== undefined) {
    const { cartId, version } = await store.createOnce(made)
    return { cart: cartId, version }
  }
  const { version } = await store.createCart(made)
  return { cart, version }
}

function change(store: CartStore, invocation: Invocation, terms: ChangeOptions) {
  const { kind, cart, product = '', from = '', strategy = 'sum', lines = [] } = invocation
  const [first] = lines
  switch (kind) {
    case 'add':
      return store.addLines(cart, lines.map(newLine), terms)
    case 'set':
      return store.setLine(cart, newLine(first ?? ['', 1]), terms)
    case 'remove':
      return store.removeLine(cart, product, terms)
    case 'empty':
      return store.emptyCart(cart, terms)
    case 'delete':
      return store.deleteCart(cart, terms)
    case 'checkout':
      return store.checkout(cart, terms)
    default:
      return store.mergeCart(cart, { fromCartId: from, strategy }, terms)
  }
}

async function list(store: CartStore, customer: string, now: number) {
  const carts: NonNullable<Operation['carts']>[number][] = []
  let cursor: string | undefined
  do {
    const page = await store.listCarts(customer, {
      limit: PAGE,
      now,
      ...(cursor !== undefined && { cursor }),
    })
    for (const cart of page.items)
      carts.push({
        cart: cart.cartId,
        version: cart.version,
        cart_status: cart.status,
        lines: unitsOf(cart),
      })
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
  return carts
}

function unitsOf({ lines }: { readonly lines: readonly NewLine[] }): Line[] {
  return lines.map(({ productId, quantity }) => [String(productId), quantity] as const)
}

function newLine([productId, quantity]: Line): NewLine {
  return { productId, productName: `Product ${productId}`, unitPrice: 100, quantity }
}

function termsOf({ key, if_version: ifVersion, ...request }: Invocation, now: number) {
  const id = key === undefined ? undefined : digest(key)
  return {
    now,
    expiresAt: expiryOf(now, 86_400),
    currency: USD,
    limits: LIMITS,
    ...(ifVersion !== undefined && { ifVersion }),
    ...(id !== undefined && { key: { id, fingerprint: digest(JSON.stringify(request)) } }),
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
