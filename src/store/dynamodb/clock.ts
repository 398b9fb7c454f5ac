/** The time that requests are signed with: this machine's, set right by what the database says. */
export interface Clock {
  now(): number
  /** Takes note of the `date` header of an answer. */
  answered(date: string | undefined): void
}

/** A signature is good for five minutes around the database's time. Like the SDK, set the clock before that is used up. */
const TOLERATED_MS = 4 * 60_000

/** @param corrects false keeps to this machine's clock, whatever the database says */
export function openClock(corrects: boolean, machine: () => number = Date.now): Clock {
  let offset = 0
  let latest: string | undefined
  return {
    now: () => machine() + offset,
    answered(date) {
      // Headers of one second are alike, and parsing costs more than comparing.
      if (!corrects || date === undefined || date === latest) return
      latest = date
      const theirs = Date.parse(date)
      if (Math.abs(theirs - (machine() + offset)) >= TOLERATED_MS) offset = theirs - machine()
    },
  }
}
