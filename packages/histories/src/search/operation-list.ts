import type { Span } from './model.ts'

/** The operations that a search has not placed yet, in order of call: a doubly linked list over their indexes. */
export interface OperationList {
  take(at: number): void
  /** Undoes the latest `take` that was not undone. */
  giveBack(at: number): void
  /** The operations that can come next: those called before the first end of a remaining operation. */
  window(): number[]
  /** The remaining operation that ends first; -1 if none is left. */
  firstToEnd(): number
  /** How many remaining operations have a response and must therefore be placed. */
  certainLeft(): number
  /** A text that two sets of placed operations share if and only if they are the same. */
  key(): string
}

/** @param operations in order of call */
export function createList(operations: readonly Span[]): OperationList {
  const size = operations.length
  // Index 0 is the head of the list; operation `at` is at `at + 1`; the last index is the end.
  const next = new Int32Array(size + 2)
  const previous = new Int32Array(size + 2)
  for (let at = 0; at < size + 2; at++) {
    next[at] = at + 1
    previous[at] = at - 1
  }
  const calls = new Float64Array(size)
  const ends = new Float64Array(size)
  let certain = 0
  for (const [at, { call, end }] of operations.entries()) {
    calls[at] = call
    ends[at] = end
    if (end !== Infinity) certain++
  }

  function visitWindow(visit: (at: number) => void): void {
    let firstEnd = Infinity
    for (let place = next[0] ?? 0; place <= size; place = next[place] ?? size + 1) {
      const at = place - 1
      if ((calls[at] ?? 0) > firstEnd) return
      firstEnd = Math.min(firstEnd, ends[at] ?? Infinity)
      visit(at)
    }
  }
  return {
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
    firstToEnd() {
      let first = -1
      let firstEnd = Infinity
      visitWindow((at) => {
        const end = ends[at] ?? Infinity
        if (end >= firstEnd) return
        firstEnd = end
        first = at
      })
      return first
    },
    certainLeft: () => certain,
    key() {
      // Operations before the window are placed or may never happen, and all operations behind it are still to be placed,
      // so what is left in the window identifies the set.
      let key = ''
      visitWindow((at) => {
        key += `${at},`
      })
      return key
    },
  }
}
