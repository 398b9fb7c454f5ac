import { round2 } from './round.ts'

/** `part` of `whole` as a percentage with 2 decimals; `null` where `whole` is 0. */
export function percentageOf(part: number, whole: number): number | null {
  return whole === 0 ? null : round2((100 * part) / whole)
}
