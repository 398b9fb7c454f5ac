import { type Cart, countUnits, type Line, totalPrice } from '../cart/cart.ts'
import { minorDigits, toDecimal } from '../cart/money.ts'
import type { Product } from '../catalog/product.ts'
import type { Order } from '../store/cart-store.ts'
import type { CartJson, LineJson, OrderJson, ProductJson } from './schemas.ts'

/** Turns what the service knows into what goes over the wire, in one currency. */
export type Presenter = ReturnType<typeof createPresenter>

/** @param currency ISO 4217 code; decides how many decimals a price has */
export function createPresenter(currency: string) {
  const digits = minorDigits(currency)

  const line = (each: Line): LineJson => ({
    product_id: each.productId,
    product_name: each.productName,
    product_price: toDecimal(each.unitPrice, digits),
    quantity: each.quantity,
    created_at: isoTime(each.createdAt),
    updated_at: isoTime(each.updatedAt),
  })

  const content = (lines: readonly Line[]) => ({
    items: lines.map(line),
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
      ...content(cart.lines),
      created_at: isoTime(cart.createdAt),
      updated_at: isoTime(cart.updatedAt),
      expires_at: cart.expiresAt === null ? null : isoTime(cart.expiresAt),
    }),

    order: (order: Order): OrderJson => ({
      order_id: order.cartId,
      customer_id: order.customerId,
      ...content(order.lines),
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

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
