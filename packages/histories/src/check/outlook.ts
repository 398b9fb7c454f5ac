import type { Lookahead } from '../search/model.ts'
import { productsTouched } from './cart-view.ts'
import { type Demand, demandOf, isMet } from './demands.ts'
import type { Entry } from './entries.ts'
import { narrowSets } from './last-write-wins.ts'
import { type CartState, type Change, ENDS, type ModelStatus } from './model.ts'

/** How many observations of a cart are considered. With 64 the search visited no fewer configurations, with 16 more. */
const HORIZON = 32

/**
 * Recognises dead ends of the search, cart by cart and line by line: a change after which a remaining observation cannot
 * be made any more, whatever can still follow. Without it, the search finds out only when that observation is due, after
 * every order of the operations before it: 20 clients on one cart took 15,000 configurations, and with it 400.
 */
export function createOutlook(entries: readonly Entry[]): Lookahead<readonly CartState[]> {
  const isTaken = new Uint8Array(entries.length)
  const carts = new Map<number, CartOutlook>()
  const rowsOf: Row[][] = []
  const demands: (Demand | undefined)[] = []
  const touched: (readonly string[] | undefined)[] = []
  for (const [at, entry] of entries.entries()) {
    const cart = carts.get(entry.cart) ?? emptyOutlook()
    carts.set(entry.cart, cart)
    const rows = rowsFor(entry, cart)
    for (const row of rows) row.entries.push(at)
    rowsOf.push(rows)
    demands.push(entry.observation === undefined ? undefined : demandOf(entry))
    touched.push(productsTouched(entry.change))
    if (mustBeMade(entry)) cart.certain++
  }

  const narrowing = narrowSets(entries, demands)

  function count(at: number, change: 1 | -1): void {
    const entry = entries[at]
    const cart = carts.get(entry?.cart ?? 0)
    if (entry !== undefined && cart !== undefined && mustBeMade(entry)) cart.certain += change
  }

  /** Calls `look` for the remaining changes of a row that are called by `limit`, until it returns true. */
  function someLeft(
    row: Row | undefined,
    limit: number,
    look: (change: Entry['change']) => boolean,
  ) {
    if (row === undefined) return false
    for (let next = row.first; next < row.entries.length; next++) {
      const at = row.entries[next] ?? 0
      const entry = entries[at]
      if (entry === undefined || entry.call > limit) return false
      if (isTaken[at] === 0 && look(entry.change)) return true
    }
    return false
  }

  /** Whether the changes that are called by `limit` can bring a line from `held` to `wanted` units. */
  function canReach(
    cart: CartOutlook,
    product: string,
    held: number,
    wanted: number,
    limit: number,
  ): boolean {
    if (held === wanted) return true
    // Possible from a base that is not above `wanted`, with enough added units.
    let [base, added] = [held < wanted ? held : -1, 0]
    const suffices = (from: number): boolean => {
      base = Math.max(base, from)
      return base >= 0 && (wanted === 0 || base + added >= wanted)
    }
    const ofLine = (change: Entry['change']): boolean => {
      if (change?.kind === 'remove') return suffices(0)
      const units =
        change?.kind === 'add' || change?.kind === 'set' ? unitsOf(change.lines, product) : 0
      if (change?.kind === 'add') added += units
      return suffices(change?.kind === 'set' && units <= wanted ? units : base)
    }
    const ofCart = (change: Entry['change']): boolean => {
      // A merge can add any number of units.
      if (change === undefined) added = Infinity
      return suffices(change?.kind === 'empty' ? 0 : base)
    }
    return someLeft(cart.lines.get(product), limit, ofLine) || someLeft(cart.whole, limit, ofCart)
  }

  /** Whether a change that is called by `limit` can end the cart with one of these statuses. */
  function canEndIn(cart: CartOutlook, statuses: readonly ModelStatus[], limit: number): boolean {
    return someLeft(cart.whole, limit, (change) => {
      const end = endOf(change)
      return end !== undefined && statuses.includes(end)
    })
  }

  function canBeMet(
    { entry, statuses, wanted }: Demand,
    cart: CartOutlook,
    state: CartState,
    products: Iterable<string>,
  ): boolean {
    if (state.status !== 'active') return isMet(entry, state)
    const { end } = entry
    if (!statuses.includes('active') && !canEndIn(cart, statuses, end)) return false
    for (const product of products) {
      const units = wanted(product)
      const held = state.lines.get(product) ?? 0
      if (units !== undefined && !canReach(cart, product, held, units, end)) return false
    }
    return true
  }

  /** Whether the remaining observations of a cart, up to the horizon, can be made as far as these products are concerned. */
  function canAllBeMet(cart: CartOutlook, state: CartState, products: Iterable<string>): boolean {
    const { entries: row, first } = cart.observations
    let left = HORIZON
    for (let next = first; next < row.length && left > 0; next++) {
      const at = row[next] ?? 0
      const demand = demands[at]
      if (demand === undefined || isTaken[at] === 1) continue
      if (!canBeMet(demand, cart, state, products)) return false
      left--
    }
    return true
  }

  return {
    choose: narrowing.choose,
    take(at) {
      isTaken[at] = 1
      narrowing.take(at)
      count(at, -1)
      for (const row of rowsOf[at] ?? []) {
        while (isTaken[row.entries[row.first] ?? -1] === 1) row.first++
      }
    },
    giveBack(at) {
      isTaken[at] = 0
      narrowing.giveBack(at)
      count(at, 1)
      for (const row of rowsOf[at] ?? []) {
        while (row.first > 0 && (row.entries[row.first - 1] ?? 0) >= at) row.first--
      }
    },
    isHopeless(at, states) {
      const entry = entries[at]
      const cart = carts.get(entry?.cart ?? 0)
      const state = states[entry?.cart ?? 0]
      if (entry === undefined || cart === undefined || state === undefined) return false
      // A cart that has ended accepts no changes.
      if (state.status !== 'active' && cart.certain > 0) return true
      const products = touched[at] ?? new Set([...cart.lines.keys(), ...state.lines.keys()])
      return !canAllBeMet(cart, state, products)
    },
  }
}

/** Indexes of entries, in order of call. */
interface Row {
  readonly entries: number[]
  /** Index of the first entry that is not taken. */
  first: number
}

interface CartOutlook {
  /** How many changes certainly happened and are not taken. */
  certain: number
  readonly observations: Row
  /** Changes of the whole cart, including those that end it. */
  readonly whole: Row
  /** Changes of single lines, by product. */
  readonly lines: Map<string, Row>
}

function emptyRow(): Row {
  return { entries: [], first: 0 }
}

function emptyOutlook(): CartOutlook {
  return { certain: 0, observations: emptyRow(), whole: emptyRow(), lines: new Map() }
}

/** The rows that contain an entry. */
function rowsFor({ observation, change }: Entry, cart: CartOutlook): Row[] {
  if (observation !== undefined) return [cart.observations]
  if (change?.kind === 'create') return []
  const products = productsTouched(change)
  if (products === undefined) return [cart.whole]
  return products.map((product) => {
    const row = cart.lines.get(product) ?? emptyRow()
    cart.lines.set(product, row)
    return row
  })
}

/** Whether the entry is a change that requires an active cart and certainly happened. */
function mustBeMade({ observation, change, end }: Entry): boolean {
  return observation === undefined && end !== Infinity && change?.kind !== 'create'
}

function unitsOf(lines: readonly (readonly [string, number])[], product: string): number {
  for (const line of lines) if (line[0] === product) return line[1]
  return 0
}

function endOf(change: Change | undefined): ModelStatus | undefined {
  const ends: Partial<Record<Change['kind'], ModelStatus>> = ENDS
  return ends[change?.kind ?? 'add']
}
