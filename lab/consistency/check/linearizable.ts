import type { Strategy } from '../../history/operation.ts'
import { isMet } from './demands.ts'
import type { Entry } from './entries.ts'
import { createList, type EntryList } from './entry-list.ts'
import { apply, type CartState, isRefusal, stateKey } from './model.ts'
import { createOutlook, type Outlook } from './outlook.ts'

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
 * - no change is taken after which something that must still be seen no longer can be (`outlook.ts`).
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
  const left = createLeft(entries)
  const seen = new Set<string>()
  const stack: Frame[] = []
  let states = initial
  let furthest = 0
  let stuck: Entry | undefined
  for (;;) {
    const observed = takeObservations(left, states)
    const certain = left.list.certainLeft()
    if (certain === 0) return { linearizable: true, states: seen.size, stuck: undefined }
    const key = `${left.list.key()} ${states.map(stateKey).join(' ')}`
    const fresh = !seen.has(key)
    if (fresh) seen.add(key)
    if (entries.length - certain >= furthest) {
      furthest = entries.length - certain
      stuck = left.list.firstToEnd()
    }
    stack.push({ observed, changes: fresh ? changesNext(left) : [], next: 0, states, taken: -1 })
    const advanced = advance(left, stack)
    if (advanced === undefined) return { linearizable: false, states: seen.size, stuck }
    states = advanced
    if (seen.size >= limits.states || (seen.size % 256 === 0 && performance.now() > deadline)) {
      return { linearizable: undefined, states: seen.size, stuck }
    }
  }
}

/** What is not taken yet: in order of call, and by what it can come to. */
interface Left {
  readonly list: EntryList
  readonly outlook: Outlook
  take(at: number): void
  /** Undoes the latest `take` that was not given back. */
  giveBack(at: number): void
}

function createLeft(entries: readonly Entry[]): Left {
  const list = createList(entries)
  const outlook = createOutlook(entries)
  return {
    list,
    outlook,
    take(at) {
      list.take(at)
      outlook.take(at)
    },
    giveBack(at) {
      list.giveBack(at)
      outlook.giveBack(at)
    },
  }
}

interface Frame {
  /** Observations that were taken on arriving here. */
  readonly observed: readonly number[]
  /** The changes that can come next, each in every way in which it can be made. */
  readonly changes: readonly Way[]
  /** The first of them that was not tried. */
  next: number
  readonly states: States
  /** The one that is taken; -1 for none. */
  taken: number
}

interface Way {
  readonly at: number
  /** Of a merge_in. */
  readonly strategy: Strategy | undefined
}

/** Takes the next change that leads on, of the innermost frame that has one left. `undefined` when none has. */
function advance(left: Left, stack: Frame[]): States | undefined {
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.taken >= 0) left.giveBack(frame.taken)
    frame.taken = -1
    while (frame.next < frame.changes.length) {
      const way = frame.changes[frame.next++]
      const states = way === undefined ? undefined : takeChange(left, way, frame.states)
      if (way === undefined || states === undefined) continue
      frame.taken = way.at
      return states
    }
    for (let at = frame.observed.length - 1; at >= 0; at--) left.giveBack(frame.observed[at] ?? 0)
    stack.pop()
  }
  return undefined
}

/** The states after the change; `undefined`, and it is not taken, where it cannot come now or leads nowhere. */
function takeChange(left: Left, { at, strategy }: Way, states: States): States | undefined {
  const entry = left.list.entries[at]
  const next = entry === undefined ? undefined : step(entry, states, strategy)
  const state = next?.[entry?.cart ?? 0]
  if (next === undefined || state === undefined) return undefined
  left.take(at)
  if (!left.outlook.isHopeless(at, state)) return next
  left.giveBack(at)
  return undefined
}

/** Takes every observation that can come now and fits, until none does. */
function takeObservations(left: Left, states: States): number[] {
  const { list } = left
  const taken: number[] = []
  for (let again = true; again; ) {
    again = false
    for (const at of list.window()) {
      const entry = list.entries[at]
      const state = states[entry?.cart ?? 0]
      if (entry === undefined || state === undefined || !isMet(entry, state)) continue
      left.take(at)
      taken.push(at)
      // The window may reach further now.
      again = true
    }
  }
  return taken
}

/** The changes that can come next, those that must come soonest first, those that need not come at all last. */
function changesNext({ list }: Left): Way[] {
  const ways: Way[] = []
  for (const at of list.window()) {
    const { observation, source, strategies = [] } = list.entries[at] ?? {}
    if (observation !== undefined) continue
    if (source === undefined) ways.push({ at, strategy: undefined })
    else for (const strategy of strategies) ways.push({ at, strategy })
  }
  return ways.sort((a, b) => list.endOf(a.at) - list.endOf(b.at))
}

/** The states after a change; `undefined` where the model refuses it. */
function step(
  { cart, change, source, operation }: Entry,
  states: States,
  strategy: Strategy = 'sum',
): States | undefined {
  const state = states[cart]
  if (state === undefined) return undefined
  const from = source === undefined ? undefined : states[source]
  if (from !== undefined && from.into !== operation.cart) return undefined
  const made = change ?? { kind: 'merge_in', lines: from?.lines ?? new Map(), strategy }
  const next = apply(state, made)
  return isRefusal(next) ? undefined : states.with(cart, next)
}
