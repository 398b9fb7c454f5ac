import type { Entry } from './entries.ts'
import type { EntryList } from './entry-list.ts'
import type { States } from './linearizable.ts'

/** How many entries beyond those that can come next are looked at. */
const HORIZON = 64

/** Reads that bound what a cart may hold until they are taken. */
export type Caps = readonly Entry[]

/**
 * The reads, among those that come soon, before which nothing can come that lowers a line or hides the cart: until
 * they are taken the cart may hold no more of any product than they saw.
 */
export function capsOf(list: EntryList, carts: number): Caps {
  const window = list.window()
  const lowers = new Float64Array(carts).fill(Infinity)
  const reads: Entry[] = []
  let at = list.after(-1)
  for (let walked = 0; at !== -1 && walked < window.length + HORIZON; walked++) {
    const entry = list.entries[at]
    if (entry === undefined) break
    if (entry.observation?.seen.lines !== undefined) reads.push(entry)
    else if (lowersLines(entry)) lowers[entry.cart] = Math.min(lowers[entry.cart] ?? 0, entry.call)
    at = list.after(at)
  }
  const unseen = at === -1 ? Infinity : (list.entries[at]?.call ?? Infinity)
  return reads.filter(({ cart, end }) => end < Math.min(unseen, lowers[cart] ?? Infinity))
}

/** Whether the add has taken the cart beyond a cap. */
export function overshoots(caps: Caps, states: States, { cart, change }: Entry): boolean {
  if (change?.kind !== 'add') return false
  const lines = states[cart]?.lines
  return caps.some(
    (read) =>
      read.cart === cart &&
      change.lines.some(
        ([product]) => (lines?.get(product) ?? 0) > (read.shown?.get(product) ?? 0),
      ),
  )
}

function lowersLines({ change, observation }: Entry): boolean {
  if (observation !== undefined || change === undefined) return false
  return change.kind !== 'add' && change.kind !== 'create' && change.kind !== 'checkout'
}
