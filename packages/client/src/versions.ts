/** Most carts whose version a client remembers; the one changed longest ago is forgotten first. */
const MOST_CARTS = 10_000

/** How new a cart must be for a read to show what this client has done to it. */
export type Freshness = number | 'strong'

/** The versions of the carts that a client has changed, so that its reads show its own writes. */
export interface KnownVersions {
  /** What a read of the cart must ask for; `undefined` when the client has not changed it. */
  of(cartId: string): Freshness | undefined
  /** Remembers an acknowledged change. `strong`: the cart has changed, and its new version is not known. */
  remember(cartId: string, freshness: Freshness): void
}

export function rememberVersions(mostCarts = MOST_CARTS): KnownVersions {
  // A map iterates in the order in which its keys were set, so the first key is the oldest.
  const known = new Map<string, Freshness>()
  return {
    of: (cartId) => known.get(cartId.toLowerCase()),
    remember(cartId, freshness) {
      const key = cartId.toLowerCase()
      const before = known.get(key)
      known.delete(key)
      known.set(key, newer(before, freshness))
      if (known.size <= mostCarts) return
      for (const oldest of known.keys()) {
        known.delete(oldest)
        return
      }
    },
  }
}

/** Answers of changes made at the same time may arrive in another order than the changes were made. */
function newer(before: Freshness | undefined, now: Freshness): Freshness {
  if (typeof before === 'number' && typeof now === 'number') return Math.max(before, now)
  return now
}
