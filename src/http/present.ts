import { type Cart, countUnits, type Line, totalPrice } from '../cart/cart.ts'
import { minorDigits, toDecimal } from '../cart/money.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Product } from '../catalog/product.ts'
import type { Order } from '../store/cart-store.ts'
import { isoTime } from './iso-time.ts'
import type { CartJson, LineJson, OrderJson, ProductJson } from './schemas.ts'

/** What has changed in the catalog since a line was added; `undefined` for nothing. */
export function createWarnings(
  digits: number,
  catalog: Catalog,
): (line: Line) => LineJson['warnings'] {
  return ({ productId, unitPrice }) => {
    const product = catalog.find(productId)
    if (product?.price === unitPrice) return undefined
    return [
      product === undefined
        ? { code: 'PRODUCT_UNAVAILABLE', message: 'The product is no longer sold.' }
        : {
            code: 'PRICE_CHANGED',
            message: 'The price has changed since the product was added.',
            current_price: toDecimal(product.price, digits),
          },
    ]
  }
}

/** Turns what the service knows into what goes over the wire, in one currency. */
export type Presenter = ReturnType<typeof createPresenter>

/**
 * @param currency ISO 4217 code; decides how many decimals a price has
 * @param catalog  today's products, against which the lines of carts are held
 */
export function createPresenter(currency: string, catalog: Catalog) {
  const digits = minorDigits(currency)

  const line = (each: Line): LineJson => ({
    product_id: each.productId,
    product_name: each.productName,
    product_price: toDecimal(each.unitPrice, digits),
    quantity: each.quantity,
    created_at: isoTime(each.createdAt),
    updated_at: isoTime(each.updatedAt),
  })

  const warningsOf = createWarnings(digits, catalog)
  /** A line of a cart that can still be bought: says what has changed since it was added. */
  const currentLine = (each: Line): LineJson => {
    const warnings = warningsOf(each)
    return warnings === undefined ? line(each) : { ...line(each), warnings }
  }

  const content = (lines: readonly Line[], present: (each: Line) => LineJson) => ({
    items: lines.map(present),
    item_count: countUnits(lines),
    total_amount: toDecimal(totalPrice(lines), digits),
    currency,
  })

  return {
    cart: (cart: Cart): CartJson => ({
      shopping_cart_id: cart.cartId,
      customer_id: cart.customerId,
      status: cart.status,
      version: cart.version,
      ...content(cart.lines, cart.status === 'active' ? currentLine : line),
      created_at: isoTime(cart.createdAt),
      updated_at: isoTime(cart.updatedAt),
      expires_at: cart.expiresAt === null ? null : isoTime(cart.expiresAt),
    }),

    order: (order: Order): OrderJson => ({
      order_id: order.cartId,
      customer_id: order.customerId,
      ...content(order.lines, line),
      ordered_at: isoTime(order.orderedAt),
    }),

    product: (product: Product): ProductJson => ({
      product_id: product.productId,
      name: product.name,
      category: product.category,
      description: product.description,
      brand: product.brand,
      price: toDecimal(product.price, digits),
      currency,
    }),
  }
}
