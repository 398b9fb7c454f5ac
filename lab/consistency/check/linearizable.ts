import type { Entry } from './entries.ts'
import { createList, type EntryList } from './entry-list.ts'
import { apply, type CartState, fits, isRefusal, stateKey } from './model.ts'
import { capsOf, overshoots } from './overshoot.ts'

export interface SearchLimits {
  /** Most states to look at; each costs about 100 bytes while the search lasts. */
  readonly states: number
  /** Most time, milliseconds. */
  readonly ms: number
}

export interface SearchOutcome {
  /** `true`: an order exists; `false`: none does; `undefined`: the limits came first. */
  readonly linearizable: boolean | undefined
  readonly states: number
  /** Where no order works: the entry that no attempt came past. */
  readonly stuck: Entry | undefined
}

/** The state of every cart of a component: those that merges join. Most components are one cart. */
export type States = readonly CartState[]

/**
 * Whether some order of the entries, each within its span, is one that the model allows: Wing and Gong's search
 * (1993) with Lowe's cache of configurations (2017): what was taken and the state it led to is looked at once.
 * Entries wait in a doubly linked list in order of call, so that taking and giving back are O(1).
 *
 * Three rules cut the search without losing an order:
 * - what only looks is taken as soon as it fits: it can stand nowhere better;
 * - whatever ends first must be taken before anything that begins later, so only what begins before is tried;
 * - while nothing that lowers a line can come before a read, no add may go beyond what that read saw.
 *
 * @param entries in order of call
 * @param initial the carts before the first of them
 */
export function search(
  entries: readonly Entry[],
  initial: States,
  limits: SearchLimits,
): SearchOutcome {
  const deadline = performance.now() + limits.ms
  const list = createList(entries)
  const seen = new Set<string>()
  const stack: Frame[] = []
  let states = initial
  let furthest = 0
  let stuck: Entry | undefined
  for (;;) {
    const observed = takeObservations(list, states)
    const left = list.certainLeft()
    if (left === 0) return { linearizable: true, states: seen.size, stuck: undefined }
    const key = `${list.key()} ${states.map(stateKey).join(' ')}`
    const fresh = !seen.has(key)
    if (fresh) seen.add(key)
    const candidates = fresh ? candidatesOf(list, states) : []
    if (entries.length - left >= furthest) {
      furthest = entries.length - left
      stuck = list.firstToEnd()
    }
    stack.push({ observed, candidates, next: 0, states, taken: undefined })
    const advanced = backtrack(list, stack)
    if (advanced === undefined) return { linearizable: false, states: seen.size, stuck }
    states = advanced
    if (seen.size >= limits.states || (seen.size % 256 === 0 && performance.now() > deadline)) {
      return { linearizable: undefined, states: seen.size, stuck }
    }
  }
}

interface Candidate {
  readonly at: number
  readonly states: States
}

interface Frame {
  /** Observations that were taken on arriving here. */
  readonly observed: readonly number[]
  readonly candidates: readonly Candidate[]
  next: number
  readonly states: States
  taken: number | undefined
}

/** Takes the next candidate of the innermost frame that has one left. `undefined` when none has. */
function backtrack(list: EntryList, stack: Frame[]): States | undefined {
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.taken !== undefined) list.giveBack(frame.taken)
    const candidate = frame.candidates[frame.next++]
    if (candidate !== undefined) {
      frame.taken = candidate.at
      list.take(candidate.at)
      return candidate.states
    }
    for (let at = frame.observed.length - 1; at >= 0; at--) list.giveBack(frame.observed[at] ?? 0)
    stack.pop()
  }
  return undefined
}

/** Takes every observation that can come now and fits, until none does. */
function takeObservations(list: EntryList, states: States): number[] {
  const taken: number[] = []
  for (let again = true; again; ) {
    again = false
    for (const at of list.window()) {
      const entry = list.entries[at]
      if (entry?.observation === undefined || !looksRight(entry, states)) continue
      list.take(at)
      taken.push(at)
      // The window may reach further now.
      again = true
    }
  }
  return taken
}

function looksRight({ observation, cart }: Entry, states: States): boolean {
  const state = states[cart]
  if (state === undefined || observation === undefined) return false
  if (observation.change === undefined) return fits(state, observation.seen)
  return apply(state, observation.change) === observation.seen.error
}

/** The changes that can come next, those that must come soonest first, those that need not come at all last. */
function candidatesOf(list: EntryList, states: States): Candidate[] {
  const candidates: Candidate[] = []
  const caps = capsOf(list, states.length)
  const window = list.window().sort((a, b) => list.endOf(a) - list.endOf(b))
  for (const at of window) {
    const entry = list.entries[at]
    if (entry === undefined || entry.observation !== undefined) continue
    for (const next of stepsOf(entry, states)) {
      if (!overshoots(caps, next, entry)) candidates.push({ at, states: next })
    }
  }
  return candidates
}

/** The states after a change, by each of its strategies; none where the model refuses it. */
function stepsOf({ cart, change, source, strategies }: Entry, states: States): States[] {
  const state = states[cart]
  const from = source === undefined ? undefined : states[source]
  if (state === undefined || (from !== undefined && from.status !== 'merged')) return []
  const lines = from?.lines ?? new Map()
  const made =
    change === undefined
      ? strategies.map((strategy) => ({ kind: 'merge_in' as const, lines, strategy }))
      : [change]
  return made.flatMap((each) => {
    const next = apply(state, each)
    return isRefusal(next) ? [] : [states.with(cart, next)]
  })
}
