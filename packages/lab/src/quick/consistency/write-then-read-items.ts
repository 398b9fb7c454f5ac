import type { Id } from '../../cart-api/api.ts'
import type { WriteThenReadItemsRecord } from '../../results/consistency-records.ts'
import { rateOf, round2 } from '../../stats/round.ts'
import { type Reads, readAfterWrite, type Seen, unitsOf } from './reads.ts'
import { drawCustomer, drawProduct, type ScenarioContext, verdictOf } from './scenario.ts'

/** Units that are added. */
function quantityFor({ client }: ScenarioContext): number {
  return client.access.singleUnits ? 1 : 2
}

/** Adds two units of a product to a new cart and reads the cart five times. */
export async function writeThenReadItems(
  context: ScenarioContext,
): Promise<WriteThenReadItemsRecord> {
  const timestamp = new Date().toISOString()
  const customer = drawCustomer(context.random)
  const productId = drawProduct(context)
  const created = await context.client.send('create', { customer })
  const { addMs, reads } =
    created.cartId === null
      ? { addMs: null, reads: noReads(`create: ${created.error}`) }
      : await addThenRead(context, created.cartId, productId)
  return {
    scenario: 'write_then_read_items',
    cart_id: created.cartId,
    product_id: productId,
    add_time_ms: addMs,
    read_attempts: reads.attempts,
    item_visible_count: reads.consistent,
    consistency_rate: rateOf(reads.consistent, reads.attempts),
    ...verdictOf(reads.problems),
    timestamp,
  }
}

async function addThenRead(context: ScenarioContext, cartId: string, productId: Id) {
  const quantity = quantityFor(context)
  const added = await context.client.send('add', {
    cart: cartId,
    product: productId,
    quantity,
  })
  const addMs = round2(added.ms)
  if (added.error !== undefined) return { addMs, reads: noReads(`add: ${added.error}`) }
  let most = 0
  const shows = (seen: Seen) => {
    const units = unitsOf(seen, productId)
    most = Math.max(most, units)
    return units >= quantity
  }
  const reads = await readAfterWrite(context, cartId, shows)
  if (most > quantity)
    reads.problems.unshift(`duplicated: ${quantity} units were added and ${most} are stored`)
  return { addMs, reads }
}

function noReads(problem: string): Reads {
  return { attempts: 0, consistent: 0, delaysMs: [], problems: [problem] }
}
