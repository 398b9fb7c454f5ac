import { median } from '../lab/stats/median.ts'
import { medianInterval } from '../lab/stats/median-interval.ts'
import { InvalidRun } from './invalid-run.ts'
import type { Goal, Round } from './pair.ts'

/** A goal and whether the rounds reached it. */
export interface Judgement extends Goal {
  /** Median over the rounds of a / b, a - b or a. */
  readonly median: number
  /** Its 95 % bootstrap interval; with fewer than six rounds `min` to `max`, which covers less. */
  readonly low: number
  readonly high: number
  readonly min: number
  readonly max: number
  /** `null` if a weaker opponent was measured. */
  readonly reached: boolean | null
  readonly aim_reached: boolean | null
}

/** The round is the unit of statistics, not the request: requests of one turn share its disturbances. */
export function judge(goal: Goal, rounds: readonly Round[], judged = true): Judgement {
  const values = rounds.map((round) => valueIn(goal, round))
  const middle = median(values)
  const meets = (bound: number) => (goal.want === 'at least' ? middle >= bound : middle <= bound)
  const [min, max] = [Math.min(...values), Math.max(...values)]
  return {
    ...goal,
    median: middle,
    ...(medianInterval(values) ?? { low: min, high: max }),
    min,
    max,
    reached: judged ? meets(goal.floor) : null,
    aim_reached: judged && goal.aim !== undefined ? meets(goal.aim) : null,
  }
}

function valueIn({ metric, compare }: Goal, { a, b }: Round): number {
  const [ours, theirs] = [a[metric], b?.[metric]]
  const value = { ratio: divide(ours, theirs), difference: subtract(ours, theirs), value: ours }[
    compare
  ]
  if (value === undefined || !Number.isFinite(value))
    throw new InvalidRun(`a round has no figure for ${metric}`)
  return value
}

function divide(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b
}

function subtract(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b
}
