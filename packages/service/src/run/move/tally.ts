import type { Progress } from '../../store/residences.ts'
import type { Counts } from './mover.ts'

/** The progress of a move, with the carts that other movers and instances have moved. */
export interface Tally {
  /** Counts anew, at a time in milliseconds. */
  update(counts: Counts, now: number): void
  /** Adds what another mover has recorded meanwhile. */
  include(recorded: Progress | null): void
  /**
   * After the last pass, when nothing is left: carts that were to move may have expired.
   *
   * @param away carts whose traces the last pass has seen, if it has seen those of this move only
   */
  finish(counts: Counts, away?: number): void
  readonly progress: Progress
  /** `null` while it is not known how fast carts move, or none do. */
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
  let moved = before
  let all = total
  let tooLarge = 0
  let rate = 0
  include(recorded)
  const samples = [{ at: now, moved }]

  function include(other: Progress | null): void {
    moved = Math.max(moved, other?.moved ?? 0)
    all = Math.max(all, other?.total ?? 0)
    tooLarge = Math.max(tooLarge, other?.tooLarge ?? 0)
  }

  function rateAt(at: number): number {
    samples.push({ at, moved })
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= WINDOW_MS) samples.shift()
    const [first = { at, moved }] = samples
    return at > first.at ? (1000 * (moved - first.moved)) / (at - first.at) : 0
  }

  /** Until carts have moved for a minute, the limit is the best guess. */
  function expectedRate(): number | undefined {
    if (rate > 0) return rate
    const [first, last] = [samples[0], samples.at(-1)]
    return (last?.at ?? 0) - (first?.at ?? 0) < WINDOW_MS ? limit : undefined
  }

  return {
    update(counts, at) {
      moved = Math.max(moved, before + counts.moved + counts.movedByOthers)
      all = Math.max(all, moved)
      tooLarge = Math.max(tooLarge, counts.tooLarge.length)
      rate = rateAt(at)
    },
    include,
    finish(counts, away = 0) {
      moved = Math.max(moved, away)
      tooLarge = counts.tooLarge.length
      all = moved + tooLarge
    },
    get progress() {
      return { moved, total: all, tooLarge, rate }
    },
    get secondsLeft() {
      const perSecond = expectedRate()
      return perSecond === undefined ? null : Math.max(0, all - moved - tooLarge) / perSecond
    },
  }
}
