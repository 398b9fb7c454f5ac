import { createHash } from 'node:crypto'
import { parseCartId } from './ids.ts'
import { markedCartId, markOf } from './region-mark.ts'

/**
 * Home regions of the items of a global table
 * ===========================================
 *
 * A global table copies every write to the other regions about a second later. If two regions write one item meanwhile, the later
 * write replaces the earlier one, conditions notwithstanding. So each item has one *home region*:
 *
 * 1. The home of an item is a function of its key and of the *map* of homes, which is the same in all regions:
 *    - a cart is at home in the region whose mark its id has (`region-mark.ts`); a cart without a mark, from before there were homes,
 *      in the first region of the map
 *    - any other item (the pointer to a customer's active cart, or to the cart of a key) in the region that ranks highest for its key
 * 2. Every write and every strong read of an item goes to the table of its home (`store/dynamodb/homed-transport.ts`), whichever
 *    region serves the request. So each item behaves as in one region, and copies flow only away from its home: the last writer never
 *    wins over another. Whatever the store does by conditional writes of single items (keys, merges, active carts) holds across regions.
 * 3. Eventual reads, and the indexes behind lists, use the own region's copy.
 *
 * The map says for each name of a region which region is its home by now: usually itself; another one after a loss; or none while a
 * home changes (`PAUSED`). Two maps that differ must not be in force together, so a home changes in three steps: all regions pause
 * it, the copies catch up, all regions get the new home. During each step the instances with the older map and those with the newer
 * one differ only in that some refuse.
 *
 * Instances that missed a change, as in a region that comes back after a loss, are caught by comparison: each asks the other regions
 * for their maps (`run/home-watch.ts`), and treats as paused what a map with the same or a higher version has elsewhere.
 */
export interface Homes {
  /** The region of this instance. */
  readonly own: string
  readonly map: HomeMap
  /** The home of the item with that key: a region, or `PAUSED`. */
  homeOf(key: string): string
  /** A new cart id whose home is this region. */
  newCartId(now: number): string
  /** Notes the map of another region; whether it contradicts this one and is at least as new. */
  heard(region: string, map: HomeMap): boolean
}

/** In place of a home: no region serves these items. */
export const PAUSED = 'paused'

export interface HomeMap {
  /** Higher for each change of the map. */
  readonly version: number
  /** The home by name of a region, or `PAUSED`. The first is also the home of carts without a mark. */
  readonly homes: Readonly<Record<string, string>>
}

export function openHomes(own: string, map: HomeMap): Homes {
  const names = Object.keys(map.homes)
  const others = names.filter((name) => name !== own)
  const contradicting = new Map<string, HomeMap>()
  return {
    own,
    map,
    homeOf(key) {
      const home = homeIn(map, key)
      for (const other of contradicting.values()) if (homeIn(other, key) !== home) return PAUSED
      return home
    },
    newCartId: (now) => markedCartId(now, own, others),
    heard(region, other) {
      const contradicts = other.version >= map.version && !isSameMap(other, map)
      if (contradicts) contradicting.set(region, other)
      else contradicting.delete(region)
      return contradicts
    },
  }
}

function isSameMap(a: HomeMap, b: HomeMap): boolean {
  return JSON.stringify(Object.entries(a.homes)) === JSON.stringify(Object.entries(b.homes))
}

function homeIn({ homes }: HomeMap, key: string): string {
  const names = Object.keys(homes)
  const name = parseCartId(key) === undefined ? highestFor(key, names) : markOf(key, names)
  return homes[name ?? names[0] ?? ''] ?? PAUSED
}

/** Rendezvous hashing: of all regions, each key has another order, which does not depend on how they are listed. */
function highestFor(key: string, names: readonly string[]): string | undefined {
  const rank = (name: string) =>
    createHash('sha256')
      .update(JSON.stringify([name, key]))
      .digest('hex')
  return names.toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1))[0]
}
