import { productsTouched } from './cart-view.ts'
import type { Entry } from './entries.ts'

/**
 * The entries of each product alone: changes and reads of the cart without all other lines. Only for carts without merges.
 * Refusals are left out, because they depend on the whole cart.
 */
export function projectEntries(entries: readonly Entry[]): Entry[][] {
  if (entries.some(({ cart }) => cart > 0)) return []
  const products = new Set(entries.flatMap(({ change }) => productsTouched(change) ?? []))
  return [...products].map((product) => entries.flatMap((entry) => project(entry, product)))
}

function project(entry: Entry, product: string): Entry[] {
  const { change, observation } = entry
  if (observation !== undefined) {
    if (observation.change !== undefined) return []
    const { lines } = observation.seen
    if (lines === undefined) return [entry]
    const own = lines.filter(([other]) => other === product)
    // Without the status of the cart: checkouts are left out, because the line that they require may be another one.
    return [
      { ...entry, observation: { change: undefined, seen: { lines: own } }, shown: new Map(own) },
    ]
  }
  if (change?.kind === 'checkout') return []
  const names = productsTouched(change)
  if (names === undefined) return [entry]
  if (!names.includes(product)) return []
  if (change?.kind !== 'add' && change?.kind !== 'set') return [entry]
  return [
    {
      ...entry,
      change: { kind: change.kind, lines: change.lines.filter(([other]) => other === product) },
    },
  ]
}
