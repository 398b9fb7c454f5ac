import { MINOR_DIGITS, nearestCodes } from './iso-4217.ts'

/**
 * Inside the service, money is an integer number of minor units (cents), so that sums are exact. Decimals exist only in
 * requests, responses and catalog files.
 */

/** What an amount is in. Part of every cart from its creation on, so that no setting or table changes what an order says. */
export interface Currency {
  /** ISO 4217 code. */
  readonly code: string
  /** Decimals of an amount: 2 for USD, 0 for JPY, 3 for KWD. */
  readonly digits: number
}

/**
 * The currency with that code in ISO 4217.
 *
 * @throws RangeError that names the nearest codes
 */
export function currencyOf(code: string): Currency {
  const digits = MINOR_DIGITS.get(code)
  if (digits !== undefined) return { code, digits }
  const nearest = nearestCodes(code).join(', ')
  throw new RangeError(`must be a currency of ISO 4217 (got "${code}"; nearest: ${nearest})`)
}

/** Whether amounts of both can be added: the code and the decimals are the same. */
export function isSameCurrency(a: Currency, b: Currency): boolean {
  return a.code === b.code && a.digits === b.digits
}

/**
 * Converts a decimal amount to minor units.
 *
 * @param amount a number or its decimal text, such as `19.99` or `"19.9"`
 * @param digits decimals of the currency
 * @returns the integer, or `undefined` when the amount is negative, too precise, too large or not a number
 */
export function toMinorUnits(amount: number | string, digits: number): number | undefined {
  const match = /^(\d{1,13})(?:\.(\d+))?$/.exec(String(amount).trim())
  if (match === null) return undefined
  const [, whole = '', fraction = ''] = match
  const kept = fraction.replace(/0+$/, '')
  if (kept.length > digits) return undefined
  const minor = Number(whole + kept.padEnd(digits, '0'))
  return Number.isSafeInteger(minor) ? minor : undefined
}

/** Converts minor units to the decimal number for JSON: the double nearest to the exact amount. */
export function toDecimal(minor: number, digits: number): number {
  return minor / 10 ** digits
}
