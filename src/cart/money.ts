/**
 * Inside the service, money is an integer number of minor units (cents), so that sums are exact. Decimals exist only in
 * requests, responses and catalog files.
 */

/**
 * Number of decimals of a currency: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217).
 *
 * @throws RangeError unless `currency` has three letters
 */
export function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
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
