import { type Clock, openClock } from '../load/generator/clock.ts'

/** Delays everything by the same time, in order. */
export interface DelayLine {
  /** Calls `fn` after the delay. */
  after(fn: () => void): void
  close(): void
}

/** Delays of less than a millisecond are kept: the clock sleeps in a thread, not in timers of Node. */
export function openDelayLine(ms: number, clock: Clock = openClock()): DelayLine {
  const waiting: { readonly at: number; readonly fn: () => void }[] = []
  const next = () => {
    while (waiting[0] !== undefined && waiting[0].at <= clock.now()) waiting.shift()?.fn()
    if (waiting[0] !== undefined) clock.wakeAt(waiting[0].at, next)
  }
  return {
    after(fn) {
      waiting.push({ at: clock.now() + 1000 * ms, fn })
      if (waiting.length === 1) next()
    },
    close: () => clock.close(),
  }
}
