/** Rounded to 2 decimals, the precision of times and rates in result files. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100
}
