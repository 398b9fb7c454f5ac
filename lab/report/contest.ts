import { type Summary, summarise } from '../stats/summarise.ts'
import { steady } from './format.ts'
import type { Run } from './records.ts'

/**
 * When one side may be called faster. One run has no repetition to take an interval from, so the rule is
 * plain, and the report prints it: the difference must be at least this many percent, and it must hold in
 * both halves of the run: the winner's worse half still beats the other's better half.
 */
export const CLEAR_PERCENT = 5

/** A statistic of latency that sides are compared by; less is better. */
export type Latency = 'average' | 'p50' | 'p95' | 'p99'

export const LATENCIES: readonly { readonly statistic: Latency; readonly title: string }[] = [
  { statistic: 'average', title: 'Average' },
  { statistic: 'p50', title: 'P50' },
  { statistic: 'p95', title: 'P95' },
  { statistic: 'p99', title: 'P99' },
]

export interface Contest {
  /** Milliseconds of each side; `null` where no operation succeeded. */
  readonly a: number | null
  readonly b: number | null
  /** Whose value is clearly lower; `null` where the difference is not clear. */
  readonly winner: 'a' | 'b' | null
  /** How much less time the lower one took, in percent of the higher one's. */
  readonly lessBy: number | null
}

/** Compares one latency statistic of two runs. */
export function contest(runA: Run, runB: Run, statistic: Latency): Contest {
  const a = summarise(runA.all)[statistic]
  const b = summarise(runB.all)[statistic]
  if (a === null || b === null) return { a, b, winner: null, lessBy: null }
  const lessBy = percentLess(a, b)
  const halves = [runA, runB].map((run) => run.halves.map((half) => summarise(half)[statistic]))
  const [halvesA = [], halvesB = []] = halves
  const wins =
    lessBy < CLEAR_PERCENT ? false : a < b ? allBelow(halvesA, halvesB) : allBelow(halvesB, halvesA)
  return { a, b, winner: wins ? (a < b ? 'a' : 'b') : null, lessBy }
}

/** How much less the lower of two values is, in percent of the higher one. */
function percentLess(a: number, b: number): number {
  const higher = Math.max(a, b)
  return higher === 0 ? 0 : steady((100 * Math.abs(a - b)) / higher)
}

function allBelow(
  lower: readonly Summary[Latency][],
  higher: readonly Summary[Latency][],
): boolean {
  return lower.every((l) => l !== null && higher.every((h) => h !== null && l < h))
}
