import type { Currency } from '../../cart/money.ts'
import { type Item, number, numberIn, textIn } from './attributes.ts'

/**
 * The currency of a cart in its item.
 *
 *     currency S, minor_digits N
 *
 * An item of a release that did not record them is completed where it enters the store (`completed`), with the currency that
 * the table remembers for such items (`legacy-currency.ts`). The first change of the cart writes them (`versionUpdate`).
 */
export function currencyAttributes({ code, digits }: Currency) {
  return { currency: { S: code }, minor_digits: number(digits) }
}

/** The attributes that every replacement of an item writes, also if `seen` has them, because they may be from `completed`. */
export const COMPLETED: readonly string[] = ['currency', 'minor_digits']

export function currencyIn(item: Item): Currency {
  return { code: textIn(item, 'currency'), digits: numberIn(item, 'minor_digits') }
}

/** The item with its own currency, or with `legacy` if it has none. */
export function completed(item: Item, legacy: Currency): Item {
  return item.currency === undefined ? { ...item, ...currencyAttributes(legacy) } : item
}
