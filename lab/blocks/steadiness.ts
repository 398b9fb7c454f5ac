import type { LoadResult } from '../load/load-result.ts'
import type { Slot } from '../results/slots.ts'

/** Whether a run was measured although its warm-up still showed a trend when its time was over. */
export function isUnsteady({ warm_up }: Pick<LoadResult, 'warm_up'>): boolean {
  return warm_up.ended_by === 'time'
}

/**
 * How many of the valid runs were unsteady at their start, in one sentence; `null` when none were. They are included:
 * to exclude them would be to select results.
 */
export function unsteadyWords(slots: readonly Pick<Slot, 'result'>[]): string | null {
  const warmed = slots.filter(
    ({ result: { valid, partial, warm_up } }) => valid && !partial && warm_up.ended_by !== 'none',
  )
  const unsteady = warmed.filter(({ result }) => isUnsteady(result))
  if (unsteady.length === 0) return null
  const longest = Math.max(...unsteady.map(({ result }) => result.spec.warmup_s))
  return `${unsteady.length} of ${warmed.length} runs were measured although their times or rates still had a trend, or had too few samples to show one, at the end of the maximum warm-up (${longest} s). A longer --warmup helps.`
}
