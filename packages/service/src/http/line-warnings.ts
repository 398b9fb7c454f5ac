import type { Line } from '../cart/cart.ts'
import { type Currency, isSameCurrency, toDecimal } from '../cart/money.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { LineJson } from './schemas.ts'

export type Warning = NonNullable<LineJson['warnings']>[number]

/** What has changed about a line's product since it was added; `undefined` if nothing has. */
export type WarningOf = (line: Line, priced: Currency) => Warning | undefined

/**
 * @param currency of the catalog; a cart has its own
 * @param catalog  today's products
 */
export function createWarnings(currency: Currency, catalog: Catalog): WarningOf {
  return ({ productId, unitPrice }, priced) => {
    const product = catalog.find(productId)
    if (product === undefined)
      return { code: 'PRODUCT_UNAVAILABLE', message: 'The product is no longer sold.' }
    if (!isSameCurrency(priced, currency))
      return {
        code: 'CURRENCY_CHANGED',
        message: `The product is now sold in ${currency.code}.`,
      }
    if (product.price === unitPrice) return undefined
    return {
      code: 'PRICE_CHANGED',
      message: 'The price has changed since the product was added.',
      current_price: toDecimal(product.price, currency.digits),
    }
  }
}
