import type { Entry } from './entries.ts'

/** The entries that are not taken yet, in order of call: a doubly linked list over their indexes. */
export interface EntryList {
  readonly entries: readonly Entry[]
  take(at: number): void
  /** Undoes the latest `take` that was not given back. */
  giveBack(at: number): void
  /** What can come next: begins before the first end among what is left. */
  window(): number[]
  endOf(at: number): number
  firstToEnd(): Entry | undefined
  /** How many that certainly happened are left. */
  certainLeft(): number
  /** A text that two sets of taken entries share only if they are the same. */
  key(): string
  /** The entry after `at` among what is left; the first one after -1. */
  after(at: number): number
}

export function createList(entries: readonly Entry[]): EntryList {
  const size = entries.length
  // Index 0 is the head of the list; entry `at` is at `at + 1`; the last one is the end.
  const next = new Int32Array(size + 2)
  const previous = new Int32Array(size + 2)
  for (let at = 0; at < size + 2; at++) {
    next[at] = at + 1
    previous[at] = at - 1
  }
  const ends = new Float64Array(size)
  let certain = 0
  for (const [at, { end }] of entries.entries()) {
    ends[at] = end
    if (end !== Infinity) certain++
  }

  function visitWindow(visit: (at: number) => void): void {
    let firstEnd = Infinity
    for (let at = next[0] ?? 0; at <= size; at = next[at] ?? size + 1) {
      const entry = entries[at - 1]
      if (entry === undefined || entry.call > firstEnd) return
      firstEnd = Math.min(firstEnd, entry.end)
      visit(at - 1)
    }
  }
  return {
    entries,
    take(at) {
      next[previous[at + 1] ?? 0] = next[at + 1] ?? 0
      previous[next[at + 1] ?? 0] = previous[at + 1] ?? 0
      if (ends[at] !== Infinity) certain--
    },
    giveBack(at) {
      next[previous[at + 1] ?? 0] = at + 1
      previous[next[at + 1] ?? 0] = at + 1
      if (ends[at] !== Infinity) certain++
    },
    window() {
      const window: number[] = []
      visitWindow((at) => window.push(at))
      return window
    },
    endOf: (at) => ends[at] ?? Infinity,
    firstToEnd() {
      let first: Entry | undefined
      visitWindow((at) => {
        const entry = entries[at]
        if (entry !== undefined && entry.end < (first?.end ?? Infinity)) first = entry
      })
      return first
    },
    certainLeft: () => certain,
    key() {
      // Everything before the window is taken or may wait for ever, and everything behind it waits: what is left of the
      // window says it all.
      let key = ''
      visitWindow((at) => {
        key += `${at},`
      })
      return key
    },
    after(at) {
      const found = next[at + 1] ?? size + 1
      return found > size ? -1 : found - 1
    },
  }
}
