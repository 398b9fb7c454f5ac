import type { Series } from '../../page/document.ts'

/** The caveat that a plot of these series has to carry; `null` for none. */
export function warningOf(series: readonly Series[]): string | null {
  return series.find(({ warning }) => warning !== null)?.warning ?? null
}
