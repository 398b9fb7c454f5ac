/** The outcomes of the most recent attempts to connect. */
export interface RecentFailures {
  /** Records an attempt; `error` is `undefined` when it succeeded. */
  record(error: unknown): void
  /** The most recent failure if more than half of the recent attempts failed. */
  prevailing(): unknown
}

const ATTEMPTS = 10

/** Failures of an hour ago say nothing about the next attempt. */
const WITHIN_MS = 60_000

export function openRecentFailures(clock: () => number = () => performance.now()): RecentFailures {
  let attempts: { readonly at: number; readonly error: unknown }[] = []
  return {
    record(error) {
      attempts = [...attempts.slice(1 - ATTEMPTS), { at: clock(), error }]
    },
    prevailing() {
      const recent = attempts.filter(({ at }) => at > clock() - WITHIN_MS)
      const failed = recent.filter(({ error }) => error !== undefined)
      return failed.length * 2 > recent.length ? failed.at(-1)?.error : undefined
    },
  }
}
