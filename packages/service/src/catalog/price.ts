import { toMinorUnits } from '../cart/money.ts'

/** The decimal separator of a price. */
export type Separator = '.' | ','

/** A price as written: an amount, and a currency where the text names one. */
export interface WrittenPrice {
  /** Digits with separators, such as `1,299.00`. */
  readonly amount: string
  readonly currency?: string
}

/** Currencies that a symbol can mean. Dollars are many; the others have one currency each. */
const SYMBOLS: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'MXN', 'TWD'],
  '€': ['EUR'],
  '£': ['GBP'],
}

/**
 * Reads a price as people write it: `12.50`, `12.50 EUR`, `EUR 12.50`, `$12.50`, or an object of `units`, `nanos`
 * (billionths) and `currencyCode`.
 *
 * @returns `undefined` when it is no price
 */
export function readPrice(value: unknown, currency: string): WrittenPrice | undefined {
  if (typeof value === 'number') return { amount: plain(value) }
  if (typeof value === 'object' && value !== null) return fromUnits(value)
  if (typeof value !== 'string') return undefined
  const match = /^([A-Z]{3}|[$€£])?\s*(\d[\d.,'\u00a0\u202f ]*?)\s*([A-Z]{3}|[$€£])?$/.exec(
    value.trim(),
  )
  if (match === null) return undefined
  const [, before, amount = '', after] = match
  if (before !== undefined && after !== undefined) return undefined
  const mark = before ?? after
  if (mark === undefined) return { amount }
  return {
    amount,
    currency: SYMBOLS[mark]?.includes(currency) ? currency : (SYMBOLS[mark]?.[0] ?? mark),
  }
}

/** A number without an exponent. */
function plain(value: number): string {
  return Number.isFinite(value) ? value.toFixed(10).replace(/\.?0+$/, '') : String(value)
}

/** Money as Google's APIs write it. */
function fromUnits(value: object): WrittenPrice | undefined {
  const { units = 0, nanos = 0, currencyCode } = value as Readonly<Record<string, unknown>>
  const whole = Number(units)
  const fraction = Number(nanos)
  if (!('units' in value || 'nanos' in value)) return undefined
  if (!Number.isSafeInteger(whole) || !Number.isInteger(fraction) || whole < 0 || fraction < 0)
    return undefined
  return {
    amount: `${whole}.${String(fraction).padStart(9, '0')}`,
    ...(typeof currencyCode === 'string' && { currency: currencyCode }),
  }
}

/**
 * The amount in minor units; `undefined` if it is not written with that decimal separator or has too many decimals.
 *
 * @param digits decimals of the currency; 0 for amounts that are minor units already
 */
export function minorUnits(
  amount: string,
  separator: Separator,
  digits: number,
): number | undefined {
  const decimal = separator === '.' ? '\\.' : ','
  const group = separator === '.' ? ",'" : ".'"
  const grouped = new RegExp(`^\\d{1,3}(?:[${group}\\u00a0\\u202f ]\\d{3})+(?:${decimal}\\d+)?$`)
  const ungrouped = new RegExp(`^\\d+(?:${decimal}\\d+)?$`)
  if (!grouped.test(amount) && !ungrouped.test(amount)) return undefined
  const [whole = '', fraction] = amount.split(separator)
  const digitsOnly = whole.replace(/\D/g, '')
  return toMinorUnits(fraction === undefined ? digitsOnly : `${digitsOnly}.${fraction}`, digits)
}

/**
 * The decimal separator of a file: the one with which most of its amounts can be read.
 *
 * @returns `undefined` when both fit but mean different prices
 */
export function separatorOf(amounts: readonly string[], digits: number): Separator | undefined {
  const read = (separator: Separator) =>
    amounts.map((amount) => minorUnits(amount, separator, digits))
  // Without a comma, a decimal comma would only turn `1.005` into a thousand and five.
  if (!amounts.some((amount) => amount.includes(','))) return '.'
  const [points, commas] = [read('.'), read(',')]
  const valid = (prices: readonly (number | undefined)[]) =>
    prices.filter((price) => price !== undefined).length
  if (valid(points) !== valid(commas)) return valid(points) > valid(commas) ? '.' : ','
  return points.every((price, i) => price === commas[i]) || valid(points) < amounts.length
    ? '.'
    : undefined
}
