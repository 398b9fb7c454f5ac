import { createHash } from 'node:crypto'
import { type CartLimits, expiryOf, type NewLine } from '../../src/cart/cart.ts'
import { type EntityId, newCartId } from '../../src/cart/ids.ts'
import { currencyOf } from '../../src/cart/money.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'

/** A fixed moment: tests set the time and never read a clock. */
export const T0 = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
export const TTL_SECONDS = 3600
export const USD = currencyOf('USD')
export const LIMITS: CartLimits = { maxLineQuantity: 1000, maxLines: 100, maxUnits: 10_000 }

export function options(
  now = T0,
  limits: Partial<CartLimits> = {},
  more: Partial<Pick<ChangeOptions, 'key' | 'ifVersion' | 'currency'>> = {},
): ChangeOptions {
  return {
    now,
    expiresAt: expiryOf(now, TTL_SECONDS),
    currency: USD,
    limits: { ...LIMITS, ...limits },
    ...more,
  }
}

/** Options with an idempotency key; `what` identifies the request. */
export function keyed(key: string, now = T0, what = 'a'): ChangeOptions {
  return options(now, {}, { key: { id: digest(key), fingerprint: digest(what) } })
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

export function line(productId: EntityId, quantity = 1, unitPrice = 1999): NewLine {
  return { productId, productName: `Product ${productId}`, unitPrice, quantity }
}

export const strong = (now = T0) => ({ now, consistency: 'strong' as const })

/** Creates a cart and returns its id. */
export async function create(
  store: CartStore,
  customerId: EntityId = 7,
  now = T0,
  currency = USD,
): Promise<string> {
  const cartId = newCartId(now)
  const expiresAt = expiryOf(now, TTL_SECONDS)
  await store.createCart({ cartId, customerId, currency, now, expiresAt })
  return cartId
}

/** The code of the CartError with which `call` rejects, or `nothing failed`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'nothing failed'
  } catch (error) {
    return (error as { code?: string }).code ?? `not a CartError: ${error}`
  }
}

let customers = 0
/** A customer that no other test of this run uses, so that lists are predictable on a shared database. */
export function newCustomer(): EntityId {
  customers += 1
  return `customer-${process.pid}-${customers}`
}
