import type { LoadResult } from '../load/load-result.ts'
import type { Slot } from '../results/slots.ts'

/** Whether a run was measured although its warm-up had not been seen to be over. */
export function isUnsteady({ warm_up }: Pick<LoadResult, 'warm_up'>): boolean {
  return warm_up.ended_by === 'time'
}

/**
 * How many of the valid runs began unsteady, in one sentence; `null` when none did. They count like any other: to leave
 * them out would choose among results.
 */
export function unsteadyWords(slots: readonly Pick<Slot, 'result'>[]): string | null {
  const warmed = slots.filter(
    ({ result: { valid, partial, warm_up } }) => valid && !partial && warm_up.ended_by !== 'none',
  )
  const unsteady = warmed.filter(({ result }) => isUnsteady(result))
  if (unsteady.length === 0) return null
  const longest = Math.max(...unsteady.map(({ result }) => result.spec.warmup_s))
  return `${unsteady.length} of ${warmed.length} runs were measured although their times or rates still had a trend, or too few answers to tell, when the longest warm-up (${longest} s) was over: --warmup makes it longer.`
}
