import type { Progress } from '../../store/residences.ts'
import type { Counts } from './mover.ts'

/** How a movement goes on, whoever moves: this mover, others, or instances when a cart is touched. */
export interface Tally {
  /** Counts anew, at a time in milliseconds. */
  update(counts: Counts, now: number): void
  readonly progress: Progress
  /** `null` while nothing has moved and no limit says how fast it will. */
  readonly secondsLeft: number | null
}

export interface TallyOptions {
  /** Carts that had moved when this mover began. */
  readonly before: number
  /** Those, and the carts that were to move. */
  readonly total: number
  /** What another mover has recorded in this phase. */
  readonly recorded: Progress | null
  /** The maximum of carts per second, if there is one. */
  readonly limit: number | undefined
  /** Milliseconds. */
  readonly now: number
}

/** The rate is that of the last minute, so that it follows a change of the limit. */
const WINDOW_MS = 60_000

export function openTally({ before, total, recorded, limit, now }: TallyOptions): Tally {
  let moved = Math.max(before, recorded?.moved ?? 0)
  let all = Math.max(total, recorded?.total ?? 0)
  let tooLarge = recorded?.tooLarge ?? 0
  let rate = 0
  const samples = [{ at: now, moved }]

  return {
    update(counts, at) {
      moved = Math.max(moved, before + counts.moved, counts.arrived)
      all = Math.max(all, moved)
      tooLarge = counts.tooLarge.length
      samples.push({ at, moved })
      while (samples.length > 2 && at - (samples[1]?.at ?? at) >= WINDOW_MS) samples.shift()
      const [first = { at, moved }] = samples
      rate = at > first.at ? (1000 * (moved - first.moved)) / (at - first.at) : 0
    },
    get progress() {
      return { moved, total: all, tooLarge, rate }
    },
    get secondsLeft() {
      const perSecond = rate > 0 ? rate : limit
      return perSecond === undefined ? null : Math.max(0, all - moved - tooLarge) / perSecond
    },
  }
}
