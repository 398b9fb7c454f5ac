import type { Schedule, Step } from '../schedule/schedule.ts'
import type { Clock } from './clock.ts'
import type { WarmUp } from './warm-up.ts'

export interface CourseOptions {
  /** Sent before the schedule, until its rule ends it; `null` without a warm-up. */
  readonly warmUp: Pick<WarmUp, 'schedule' | 'lookAt' | 'isOver' | 'beginsAt'> | null
  readonly schedule: Schedule
  /** Called when the schedule begins, with the time. */
  readonly onMeasure: (now: number) => void
  readonly loop: 'open' | 'closed'
  /** Duration of the schedule, after which the closed loop takes no more steps, microseconds. */
  readonly duration: number
}

/** The steps of a run in order: the warm-up's, then the schedule's. All times are microseconds since its start. */
export interface Course {
  /** Switches to the schedule once the rule of the warm-up says so. */
  look(): void
  /** The next step, if it is due; its `at` is the intended start in this run, in the closed loop `now`. */
  take(now: number): Step | undefined
  /** When the next step of the open loop is due; infinite if none is known. */
  dueAt(): number
  /** When to check the rule of the warm-up; infinite without one. */
  lookAt(): number
  /** Whether all steps were taken. */
  isExhausted(): boolean
  /** When the measured time ends; infinite before it has begun. */
  endsAt(): number
}

/**
 * Steps are made only when they are taken, so a stalled service costs no memory. The remaining steps of a warm-up are
 * dropped when it ends.
 */
export function openCourse(options: CourseOptions, clock: Pick<Clock, 'now'>): Course {
  const { loop } = options
  let warmUp = options.warmUp
  let schedule = warmUp?.schedule ?? options.schedule
  let origin = clock.now()
  let end = Number.POSITIVE_INFINITY
  let upcoming: Step | null = null
  let exhausted = false

  function measure(): void {
    const agreed = warmUp?.beginsAt?.()
    warmUp = null
    schedule = options.schedule
    upcoming = null
    // The time that the rule took is not part of the measured time.
    origin = agreed ?? clock.now()
    end = origin + options.duration
    options.onMeasure(origin)
  }

  function peek(): Step | null {
    if (!exhausted && upcoming === null) {
      upcoming = schedule.next()
      exhausted = upcoming === null
    }
    return upcoming
  }

  function look(): void {
    if (warmUp?.isOver(clock.now())) measure()
  }

  if (warmUp === null) measure()
  return {
    look,
    take(now) {
      // The generator may have lost its core since the last look; no step of the warm-up follows its agreed end.
      if (warmUp !== null && now >= (warmUp.beginsAt?.() ?? Number.POSITIVE_INFINITY)) look()
      if (loop === 'closed' && now >= end) exhausted = true
      const step = peek()
      const at = loop === 'open' ? origin + (step?.at ?? 0) : now
      if (step === null || at > now) return undefined
      upcoming = null
      return { ...step, at }
    },
    dueAt: () =>
      loop === 'open' && upcoming !== null ? origin + upcoming.at : Number.POSITIVE_INFINITY,
    lookAt: () => warmUp?.lookAt() ?? Number.POSITIVE_INFINITY,
    isExhausted: () => exhausted,
    endsAt: () => end,
  }
}
