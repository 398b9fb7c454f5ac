import { productsOf } from '../../cart-api/access.ts'
import type { Id } from '../../cart-api/api.ts'
import type { RapidUpdatesRecord } from '../../results/consistency-records.ts'
import { round2 } from '../../stats/round.ts'
import { type Seen, settle, unitsOf } from './reads.ts'
import { drawCustomer, drawProduct, type ScenarioContext, verdictOf } from './scenario.ts'

export const RAPID_UPDATES = 10

/**
 * One client adds one unit each of ten different products to a new cart, one after another without a pause, then reads
 * the cart until every acknowledged product is visible or `settleMs` have passed.
 */
export async function rapidUpdates(context: ScenarioContext): Promise<RapidUpdatesRecord> {
  const timestamp = new Date().toISOString()
  const customer = drawCustomer(context.random)
  const productIds = drawDistinctProducts(context)
  const created = await context.client.send('create', { customer })
  const { cartId } = created
  const { updates, finalItems, problems } =
    cartId === null
      ? { updates: [], finalItems: null, problems: [`create: ${created.error}`] }
      : await updateAndCount(context, cartId, productIds)
  return {
    scenario: 'rapid_updates',
    cart_id: cartId,
    updates_sent: updates.length,
    updates_successful: updates.filter((update) => update.success).length,
    final_items_count: finalItems,
    updates,
    ...verdictOf(problems),
    timestamp,
  }
}

async function updateAndCount(context: ScenarioContext, cartId: string, productIds: readonly Id[]) {
  const updates: RapidUpdatesRecord['updates'][number][] = []
  const failures: string[] = []
  for (const productId of productIds) {
    if (context.signal?.aborted) break
    const { ms, error } = await context.client.send('add', {
      cart: cartId,
      product: productId,
      quantity: 1,
    })
    updates.push({ product_id: productId, time_ms: round2(ms), success: error === undefined })
    if (error !== undefined) failures.push(`add: ${error}`)
  }
  const acknowledged = updates.filter((update) => update.success)
  const missing = (seen: Seen) =>
    acknowledged.filter((update) => unitsOf(seen, update.product_id) === 0)
  const end = await settle(context, cartId, (seen) => missing(seen).length === 0)
  if (end.seen === undefined)
    return { updates, finalItems: null, problems: [...failures, `final ${end.error}`] }
  const lost = missing(end.seen).length
  const twice = productIds.filter((productId) => unitsOf(end.seen ?? null, productId) > 1).length
  return {
    updates,
    finalItems: end.seen?.length ?? 0,
    problems: [
      ...(lost > 0 ? [`lost: ${lost} of ${acknowledged.length} acknowledged adds`] : []),
      ...(twice > 0 ? [`duplicated: ${twice} adds were stored more than once`] : []),
      ...failures,
    ],
  }
}

function drawDistinctProducts(context: ScenarioContext): Id[] {
  const wanted = Math.min(RAPID_UPDATES, productsOf(context.client.access).length)
  const products = new Set<Id>()
  while (products.size < wanted) products.add(drawProduct(context))
  return [...products]
}
