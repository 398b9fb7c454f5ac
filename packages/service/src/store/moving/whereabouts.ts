import type { Side } from '../../cart/residence.ts'

/** Bound of the carts that are remembered; about 10 MB. */
const MAX_CARTS = 100_000

/**
 * Where carts were found last, so that a call goes there first. It may be wrong: the records decide. A cart that is not
 * remembered is looked for in the source.
 */
export interface Whereabouts {
  of(cartId: string): Side
  keep(cartId: string, side: Side): void
}

export function openWhereabouts(): Whereabouts {
  const moved = new Set<string>()
  return {
    of: (cartId) => (moved.has(cartId) ? 'destination' : 'source'),
    keep(cartId, side) {
      moved.delete(cartId)
      if (side === 'source') return
      moved.add(cartId)
      const [oldest] = moved
      if (moved.size > MAX_CARTS && oldest !== undefined) moved.delete(oldest)
    },
  }
}
