import type { Changed } from '../../cart/rules.ts'
import { coalesceChanges } from './coalesce-changes.ts'
import type { Database } from './database.ts'
import { type Add, batchValues, foldAdds } from './fold-adds.ts'
import { ADD_BATCH } from './statements.ts'

/**
 * Carts are dealt out to lanes, each with one batch under way, so no two batches of a store want the same cart; only
 * what a batch left undone may meet the next one. With fewer lanes a handful of clients wait for each other's commits;
 * with more, batches get small.
 */
const LANES = 3
const MOST_IN_BATCH = 64

/**
 * `addLines` for many at once: adds that meet are folded by cart and made by one statement, `add_batch` (see
 * `migrations/0005_add_batch.sql`), where nothing speaks against them; the others by `single`.
 */
export function coalesceAdds(
  database: Database,
  single: (add: Add) => Promise<Changed>,
): (add: Add) => Promise<Changed> {
  async function together(adds: readonly Add[], wait: boolean) {
    const carts = foldAdds(adds)
    const rows = await database.run<{ changed_cart_id: string; new_version: number }>(
      ADD_BATCH,
      batchValues(carts, wait),
    )
    const newest = new Map(rows.map((row) => [row.changed_cart_id, row.new_version]))
    const made = new Map<Add, Changed>()
    for (const cart of carts) {
      const version = newest.get(cart.cartId)
      if (version === undefined) continue
      for (const [i, add] of cart.adds.entries())
        made.set(add, { version: version - cart.adds.length + i + 1, replayed: false })
    }
    return made
  }

  const lanes = Array.from({ length: LANES }, () =>
    coalesceChanges<Add>({
      mostInFlight: 1,
      mostInBatch: MOST_IN_BATCH,
      mostWaitMs: database.mostWaitMs,
      single,
      together,
      targetOf: (add) => add.cartId,
    }),
  )
  return (add) => {
    const lane = lanes[laneOf(add.cartId)]
    return lane === undefined ? single(add) : lane(add)
  }
}

/** The last digits of an id are random, whichever way it was made. */
function laneOf(cartId: string): number {
  return Number.parseInt(cartId.slice(-4), 16) % LANES
}
