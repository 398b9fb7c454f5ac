import { percentageOf } from '../../stats/percentage.ts'
import { round2 } from '../../stats/round.ts'
import type { WriteThenReadItemsRecord } from '../records.ts'
import { type Reads, readAfterWrite, type Seen, unitsOf } from './reads.ts'
import { drawCustomer, drawProduct, type ScenarioContext, verdictOf } from './scenario.ts'

const QUANTITY = 2

/** Adds two units of a product to a new cart and reads the cart five times. */
export async function writeThenReadItems(
  context: ScenarioContext,
): Promise<WriteThenReadItemsRecord> {
  const timestamp = new Date().toISOString()
  const customer = drawCustomer(context.random)
  const productId = drawProduct(context.random)
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
    consistency_rate: percentageOf(reads.consistent, reads.attempts),
    ...verdictOf(reads.problems),
    timestamp,
  }
}

async function addThenRead(context: ScenarioContext, cartId: string, productId: number) {
  const added = await context.client.send('add', {
    cart: cartId,
    product: productId,
    quantity: QUANTITY,
  })
  const addMs = round2(added.ms)
  if (added.error !== undefined) return { addMs, reads: noReads(`add: ${added.error}`) }
  let most = 0
  const shows = (seen: Seen) => {
    const units = unitsOf(seen, productId)
    most = Math.max(most, units)
    return units >= QUANTITY
  }
  const reads = await readAfterWrite(context, cartId, shows)
  if (most > QUANTITY)
    reads.problems.unshift(`duplicated: ${QUANTITY} units were added and ${most} are stored`)
  return { addMs, reads }
}

function noReads(problem: string): Reads {
  return { attempts: 0, consistent: 0, delaysMs: [], problems: [problem] }
}
