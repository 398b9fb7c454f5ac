import { amount, money as moneyText } from './amounts.ts'
import type { Figure } from './model.ts'

/** Shown where there is no data. */
export const NOTHING = 'n/a'

/** A time in milliseconds with two decimals, the precision of the records. */
export function milliseconds(id: string, value: number | null): Figure {
  return figure(id, value, (ms) => `${rounded(ms, 2)} ms`)
}

/** A percentage with one decimal. Rounding never turns a share into 0 % or 100 %, which have none. */
export function percentage(id: string, value: number | null): Figure {
  return figure(id, value, (percent) => {
    const exact = steady(percent)
    if (exact === 0 || exact === 100) return `${exact} %`
    const text = rounded(percent, 1)
    if (text === '100.0') return 'over 99.9 %'
    return text === '0.0' ? 'under 0.1 %' : `${text} %`
  })
}

/** A whole number, thousands separated. */
export function count(id: string, value: number | null): Figure {
  return figure(id, value, (n) => n.toLocaleString('en-US'))
}

/** A difference between two percentages. */
export function points(id: string, value: number | null): Figure {
  return figure(id, value, (n) => `${Number(rounded(n, 1))} points`)
}

/** A setting in percent, such as `5 %` or `2.5 %`. */
export function percentText(percent: number): string {
  return `${Number(rounded(percent, 1))} %`
}

function figure(id: string, value: number | null, show: (value: number) => string): Figure {
  const known = value !== null && Number.isFinite(value)
  return { kind: 'figure', id, value: known ? value : null, text: known ? show(value) : NOTHING }
}

function rounded(value: number, decimals: number): string {
  return steady(value).toFixed(decimals)
}

/** A number without its last bits, which depend on the order of a sum and must not affect rounding. */
export function steady(value: number): number {
  return Number(value.toPrecision(12))
}

/** A ratio of two times. */
export function ratio(id: string, value: number | null): Figure {
  return figure(id, value, ratioText)
}

/** `1.42`: two decimals, or two significant digits below 0.1. */
export function ratioText(value: number): string {
  return value < 0.1 ? String(Number(value.toPrecision(2))) : rounded(value, 2)
}

/** A p-value. */
export function probability(id: string, value: number | null): Figure {
  return figure(id, value, (p) => (p < 0.001 ? 'under 0.001' : rounded(p, 3)))
}

/** A number with three significant digits and its unit. */
export function quantity(id: string, value: number | null, unit: string): Figure {
  return figure(id, value, (n) => (unit === '' ? amount(n) : `${amount(n)} ${unit}`))
}

/** An amount of money, without decimals from 100 up. */
export function money(id: string, value: number | null, currency: string): Figure {
  return figure(id, value, (sum) => moneyText(sum, currency))
}

/** A change in percent, with its sign. */
export function change(id: string, value: number | null): Figure {
  return figure(id, value, (percent) => `${percent > 0 ? '+' : ''}${rounded(percent, 1)} %`)
}

/** With a capital first letter. */
export function capital(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}
