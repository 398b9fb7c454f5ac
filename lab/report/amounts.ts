/** An amount of money; without decimals from 100 on. */
export function money(amount: number, currency: string): string {
  const digits = amount < 100 ? 2 : 0
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount)
}

/** A number with at most three significant digits and thousands separators. */
export function amount(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 })
}

export function milliseconds(value: number): string {
  return `${amount(value)} ms`
}

/** A share, 0-1, as a percentage. Rounding never yields 100 % for less, nor 0 % for more than 0. */
export function percent(share: number): string {
  const rounded = amount(100 * share)
  if (share > 0 && share < 0.0001) return 'under 0.01 %'
  return share < 1 && rounded === '100' ? 'over 99.9 %' : `${rounded} %`
}

/** `a`, `a and b`, `a, b and c`. */
export function list(parts: readonly string[]): string {
  const last = parts.at(-1)
  const rest = parts.slice(0, -1)
  return rest.length === 0 || last === undefined ? (last ?? '') : `${rest.join(', ')} and ${last}`
}
