import { type Cart, countUnits, type Line, totalPrice } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'
import { minorDigits, toDecimal } from '../cart/money.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { isoTime } from './iso-time.ts'
import { createWarnings } from './present.ts'

/**
 * What the presenter's `cart` and the serialiser of `CartOut` make together, the JSON text of a cart, in one step: only
 * names and ids that are texts are searched for what JSON escapes. For the one answer that most requests ask for.
 *
 * @param currency ISO 4217 code; decides how many decimals a price has
 * @param catalog  today's products, against which the lines of carts are held
 */
export function createCartText(currency: string, catalog: Catalog): (cart: Cart) => string {
  const digits = minorDigits(currency)
  const currencyText = JSON.stringify(currency)
  const warningsOf = createWarnings(digits, catalog)

  const warningsText = (line: Line): string => {
    const warnings = warningsOf(line)
    return warnings === undefined ? '' : `,"warnings":${JSON.stringify(warnings)}`
  }
  const lineText = (line: Line, warnings: string): string =>
    `{"product_id":${idText(line.productId)},"product_name":${JSON.stringify(line.productName)}` +
    `,"product_price":${toDecimal(line.unitPrice, digits)},"quantity":${line.quantity}` +
    `,"created_at":"${isoTime(line.createdAt)}","updated_at":"${isoTime(line.updatedAt)}"${warnings}}`

  return (cart) => {
    const active = cart.status === 'active'
    let items = ''
    for (const line of cart.lines) {
      if (items !== '') items += ','
      items += lineText(line, active ? warningsText(line) : '')
    }
    return (
      `{"shopping_cart_id":"${cart.cartId}","customer_id":${idText(cart.customerId)}` +
      `,"status":"${cart.status}","version":${cart.version},"items":[${items}]` +
      `,"item_count":${countUnits(cart.lines)}` +
      `,"total_amount":${toDecimal(totalPrice(cart.lines), digits)},"currency":${currencyText}` +
      `,"created_at":"${isoTime(cart.createdAt)}","updated_at":"${isoTime(cart.updatedAt)}"` +
      `,"expires_at":${cart.expiresAt === null ? null : `"${isoTime(cart.expiresAt)}"`}}`
    )
  }
}

function idText(id: EntityId): string {
  return typeof id === 'number' ? `${id}` : JSON.stringify(id)
}
