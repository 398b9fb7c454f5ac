/** Rounded to 2 decimals, the precision of times and rates in result files. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100
}

/** `part` of `whole` as a percentage with 2 decimals; `null` if `whole` is 0. */
export function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : round2((100 * part) / whole)
}
