import { amount, money as moneyText } from './amounts.ts'
import type { Figure } from './model.ts'

/** What is shown where there is nothing to count. */
export const NOTHING = 'n/a'

/** A time in milliseconds with two decimals, as the records have them. */
export function milliseconds(id: string, value: number | null): Figure {
  return figure(id, value, (ms) => `${rounded(ms, 2)} ms`)
}

/** A percentage, 0-100, with one decimal unless it is whole. */
export function percentage(id: string, value: number | null): Figure {
  return figure(id, value, percentText)
}

/** A whole number, thousands separated. */
export function count(id: string, value: number | null): Figure {
  return figure(id, value, (n) => n.toLocaleString('en-US'))
}

/** A difference between two percentages. */
export function points(id: string, value: number | null): Figure {
  return figure(id, value, (n) => `${Number(rounded(n, 1))} points`)
}

/** `87.3 %`. Rounding never makes an almost perfect rate perfect, nor an almost empty one empty. */
export function percentText(percent: number): string {
  if (Number.isInteger(steady(percent))) return `${steady(percent)} %`
  const text = rounded(percent, 1)
  if (text === '100.0') return 'over 99.9 %'
  return text === '0.0' ? 'under 0.1 %' : `${text} %`
}

function figure(id: string, value: number | null, show: (value: number) => string): Figure {
  const known = value !== null && Number.isFinite(value)
  return { kind: 'figure', id, value: known ? value : null, text: known ? show(value) : NOTHING }
}

function rounded(value: number, decimals: number): string {
  return steady(value).toFixed(decimals)
}

/** A number without its last bits: those depend on the order of a sum and must not decide a rounding. */
export function steady(value: number): number {
  return Number(value.toPrecision(12))
}

/** A ratio of two times. */
export function ratio(id: string, value: number | null): Figure {
  return figure(id, value, ratioText)
}

/** `1.42`: two decimals, and so many more below 0.1 that two digits are seen. */
export function ratioText(value: number): string {
  return value < 0.1 ? String(Number(value.toPrecision(2))) : rounded(value, 2)
}

/** The chance of a result at least this far out where nothing differs. */
export function probability(id: string, value: number | null): Figure {
  return figure(id, value, (p) => (p < 0.001 ? 'under 0.001' : rounded(p, 3)))
}

/** An amount of any size with three significant digits and its unit. */
export function quantity(id: string, value: number | null, unit: string): Figure {
  return figure(id, value, (n) => (unit === '' ? amount(n) : `${amount(n)} ${unit}`))
}

/** A sum of money, whole from 100 on. */
export function money(id: string, value: number | null, currency: string): Figure {
  return figure(id, value, (sum) => moneyText(sum, currency))
}

/** A change in percent, with its sign. */
export function change(id: string, value: number | null): Figure {
  return figure(id, value, (percent) => `${percent > 0 ? '+' : ''}${rounded(percent, 1)} %`)
}

/** The words as the beginning of a sentence. */
export function capital(words: string): string {
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}
