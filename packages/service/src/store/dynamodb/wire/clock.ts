/** The time that requests are signed with: this machine's, corrected by the database's `date` headers. */
export interface Clock {
  now(): number
  /** Compares the clock with the `date` header of a response. */
  compare(date: string | undefined): void
  /** The latest header that was compared. */
  latest(): string | undefined
}

/** A signature is valid for five minutes around the database's time. Like the SDK, correct the clock before that. */
const TOLERATED_MS = 4 * 60_000

/** @param corrects false keeps this machine's clock, whatever the database says */
export function openClock(corrects: boolean, machine: () => number = Date.now): Clock {
  let offset = 0
  let latest: string | undefined
  return {
    now: () => machine() + offset,
    compare(date) {
      // Headers of one second are equal, and parsing costs more than comparing.
      if (date === undefined || date === latest) return
      latest = date
      if (!corrects) return
      const theirs = Date.parse(date)
      if (Math.abs(theirs - (machine() + offset)) >= TOLERATED_MS) offset = theirs - machine()
    },
    latest: () => latest,
  }
}
