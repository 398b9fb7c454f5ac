import { productsTouched } from './cart-view.ts'
import { type Demand, isMet } from './demands.ts'
import type { Entry } from './entries.ts'
import { apply, type CartState, type Change, isRefusal } from './model.ts'

/** Narrows the changes that a search tries next, without losing an order. */
export interface Narrowing {
  take(at: number): void
  giveBack(at: number): void
  choose(changes: readonly number[], states: readonly CartState[]): readonly number[]
}

/**
 * Lines that are only set, never added to or removed, are registers in which the last write wins. Whether their operations have an
 * order is NP-complete if values repeat, and decided without a search if they do not (Gibbons and Korach, "Testing Shared
 * Memories", SIAM J. Comput. 26, 1997). Without these rules, a legal history of 50 overlapping sets took the search a
 * million configurations; with them, about one for each operation.
 *
 * - Of changes with the same request that can come next, only the first to end is tried: the others can take its place
 *   later, and not the other way round.
 * - A set is placed at once, without a choice, if nothing that remains shows the value before it, and everything that
 *   shows its own is legal right after it: moved to here, they disturb nothing.
 */
export function narrowSets(
  entries: readonly Entry[],
  demands: readonly (Demand | undefined)[],
): Narrowing {
  const registers = registersIn(entries)
  const taken = new Uint8Array(entries.length)
  const views = viewsOf(entries, demands, registers)
  const names = entries.map(requestName)

  /** The remaining observations that show these units of a product. */
  function left(cart: number, product: string, units: number): Demand[] {
    const all = views.get(viewKey(cart, product, units)) ?? []
    return all.flatMap(({ at, demand }) => (taken[at] === 0 ? [demand] : []))
  }

  function isSafe(at: number, states: readonly CartState[]): boolean {
    const { cart = 0, change } = entries[at] ?? {}
    const state = states[cart]
    if (state === undefined || change?.kind !== 'set') return false
    const [[product, units] = ['', 0]] = change.lines
    if (!registers.has(lineKey(cart, product))) return false
    const held = state.lines.get(product) ?? 0
    if (held !== units && left(cart, product, held).length > 0) return false
    const next = apply(state, change)
    if (isRefusal(next)) return false
    return left(cart, product, units).every(({ entry }) => isMet(entry, next) && isCalled(entry))
  }

  /** The first end of what remains; set by `choose`. */
  let firstEnd = Infinity
  const isCalled = ({ call }: Entry): boolean => call <= firstEnd

  /** The sets whose value the first remaining observation shows, before all others. */
  function nextShownFirst(changes: readonly number[]): readonly number[] {
    let first: Demand | undefined
    for (const [at, demand] of demands.entries()) {
      if (demand === undefined || taken[at] === 1 || !isCalled(demand.entry)) continue
      if (first === undefined || demand.entry.end < first.entry.end) first = demand
    }
    const isShown = (at: number): boolean => {
      const { change, cart } = entries[at] ?? {}
      if (change?.kind !== 'set' || first === undefined || first.entry.cart !== cart) return false
      const [[product, units] = ['', 0]] = change.lines
      return registers.has(lineKey(cart, product)) && first.wanted(product) === units
    }
    const shown = changes.filter(isShown)
    return shown.length === 0 ? changes : [...shown, ...changes.filter((at) => !isShown(at))]
  }

  return {
    take(at) {
      taken[at] = 1
    },
    giveBack(at) {
      taken[at] = 0
    },
    choose(changes, states) {
      const tried = new Set<string>()
      const distinct = changes.filter((at) => {
        const name = names[at]
        if (name === undefined) return true
        const isNew = !tried.has(name)
        tried.add(name)
        return isNew
      })
      firstEnd = entries.reduce(
        (first, { end }, at) => (taken[at] === 0 ? Math.min(first, end) : first),
        Infinity,
      )
      const safe = distinct.find((at) => isSafe(at, states))
      return safe === undefined ? nextShownFirst(distinct) : [safe]
    },
  }
}

/** A text that changes with the same request have in common; `undefined` for one that is never tried instead of another. */
function requestName({ cart, change, observation }: Entry): string | undefined {
  if (observation !== undefined || change === undefined || change.kind === 'create')
    return undefined
  const isMerge = change.kind === 'merge_in' || change.kind === 'merge_out'
  return isMerge ? undefined : `${cart} ${JSON.stringify(change)}`
}

/**
 * Lines that are set, and never added to or removed: a set that came before a removal instead of after it would leave
 * another cart.
 */
function registersIn(entries: readonly Entry[]): ReadonlySet<string> {
  const others = new Set(entries.filter(isOfWholeCart).map(({ cart }) => cart))
  const set = new Set<string>()
  const changed = new Set<string>()
  for (const { cart, change } of entries) {
    if (others.has(cart)) continue
    for (const product of productsTouched(change) ?? []) {
      if (change?.kind === 'set') set.add(lineKey(cart, product))
      else changed.add(lineKey(cart, product))
    }
  }
  for (const line of changed) set.delete(line)
  return set
}

function isOfWholeCart({ observation, change }: Entry): boolean {
  if (observation !== undefined) return false
  // A merge takes what the cart holds then, and an empty cart cannot be checked out.
  return change === undefined || WHOLE.has(change.kind)
}

const WHOLE: ReadonlySet<Change['kind']> = new Set(['merge_in', 'merge_out', 'empty'])

/** The observations that show some units of a register, by cart, product and units. */
function viewsOf(
  entries: readonly Entry[],
  demands: readonly (Demand | undefined)[],
  registers: ReadonlySet<string>,
) {
  const lines = entries.flatMap(({ cart, change }) =>
    (productsTouched(change) ?? []).map((product) => ({ cart, product })),
  )
  const products = Map.groupBy(
    lines.filter(({ cart, product }) => registers.has(lineKey(cart, product))),
    ({ cart }) => cart,
  )
  const shown = demands.flatMap((demand, at) => {
    if (demand === undefined) return []
    const { cart } = demand.entry
    const own = new Set(products.get(cart)?.map(({ product }) => product))
    return [...own].flatMap((product) => {
      const units = demand.wanted(product)
      return units === undefined ? [] : [{ key: viewKey(cart, product, units), at, demand }]
    })
  })
  return Map.groupBy(shown, ({ key }) => key)
}

function lineKey(cart: number, product: string): string {
  return `${cart} ${product}`
}

function viewKey(cart: number, product: string, units: number): string {
  return `${cart} ${units} ${product}`
}
