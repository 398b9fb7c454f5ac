import type { Changed } from '../../cart/rules.ts'
import { coalesceChanges } from './coalesce-changes.ts'
import type { Database } from './database.ts'
import { type Add, batchValues, foldAdds, isSingle, singleValues } from './fold-adds.ts'
import type { Layout } from './layout.ts'
import type { TakeTurn } from './turns.ts'

/**
 * Every cart belongs to one lane, and a lane has one batch in flight. So two batches of a store never wait for the same
 * cart; only deferred adds may overlap with the next batch. With fewer lanes a handful of clients wait for each other's
 * commits; with more lanes, batches get small.
 */
const LANES = 3
const MAX_IN_BATCH = 64

/**
 * `addLines`, coalesced. The joint statement makes the folded adds of every cart whose limits, version and keys need no closer
 * look: that of `single-adds.ts`, or the function `add_batch` (`migrations/0006_currency_and_clock.sql`) or `add_documents`
 * (`migrations/0008_document_layout.sql`).
 *
 * @param layout its joint statements
 * @param inTurn bounds the statements that wait for the lock of one cart
 * @param alone  makes one add
 */
export function coalesceAdds(
  database: Database,
  { joinSingleAdds, joinAdds }: Pick<Layout, 'joinSingleAdds' | 'joinAdds'>,
  inTurn: TakeTurn,
  alone: (add: Add) => Promise<Changed>,
): (add: Add) => Promise<Changed> {
  async function jointly(adds: readonly Add[], wait: boolean) {
    const carts = foldAdds(adds)
    const execute = () =>
      !wait && carts.every(isSingle)
        ? database.run<AddedRow>(joinSingleAdds, singleValues(carts))
        : database.run<AddedRow>(joinAdds, batchValues(carts, wait))
    const cartIds = carts.map(({ cartId }) => cartId)
    const rows = await (wait ? inTurn(cartIds, execute) : execute())
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
      maxInFlight: 1,
      maxInBatch: MAX_IN_BATCH,
      gathers: true,
      ...database.queue,
      alone,
      jointly,
      targetOf: (add) => add.cartId,
    }),
  )
  return (add) => {
    const lane = lanes[laneOf(add.cartId)]
    return lane === undefined ? alone(add) : lane(add)
  }
}

interface AddedRow {
  readonly changed_cart_id: string
  readonly new_version: number
}

/** The last digits are random in every kind of cart id. */
function laneOf(cartId: string): number {
  return Number.parseInt(cartId.slice(-4), 16) % LANES
}
