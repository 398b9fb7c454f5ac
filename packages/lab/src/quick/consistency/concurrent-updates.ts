import type { Id } from '../../cart-api/api.ts'
import type { HttpResponse } from '../../cart-api/exchange.ts'
import type { ConcurrentUpdatesRecord } from '../../results/consistency-records.ts'
import { type Seen, settle, unitsOf } from './reads.ts'
import { drawCustomer, drawProduct, type ScenarioContext, verdictOf } from './scenario.ts'

export const UPDATES_PER_CLIENT = 5

/**
 * Several clients, each on a separate connection, add one product to one new cart, five times each without a pause:
 * the double click and the second browser tab, which a serial test misses. Every add is of one unit, so `lost_updates`
 * counts adds exactly.
 */
export async function concurrentUpdates(
  context: ScenarioContext,
  clients: number,
): Promise<ConcurrentUpdatesRecord> {
  const timestamp = new Date().toISOString()
  const customer = drawCustomer(context.random)
  const productId = drawProduct(context)
  const created = await context.client.send('create', { customer })
  const { cartId } = created
  const result =
    cartId === null
      ? { tally: tallyOf([]), stored: null, problems: [`create: ${created.error}`] }
      : await addAtOnce(context, { cartId, productId, clients })
  const { tally, stored } = result
  const { lost, duplicated } = judge(tally, stored)
  return {
    scenario: 'concurrent_updates',
    cart_id: cartId,
    product_id: productId,
    clients,
    updates_sent: tally.sent,
    updates_successful: tally.acknowledged,
    acknowledged_quantity: tally.acknowledged,
    unknown_quantity: tally.unknown,
    stored_quantity: stored,
    lost_updates: lost,
    duplicated_updates: duplicated,
    ...verdictOf([
      ...(lost ? [`lost: ${lost} of ${tally.acknowledged} acknowledged adds`] : []),
      ...(duplicated ? [`duplicated: ${duplicated} units more than were sent for`] : []),
      ...result.problems,
    ]),
    timestamp,
  }
}

async function addAtOnce(
  context: ScenarioContext,
  target: { cartId: string; productId: Id; clients: number },
) {
  const { cartId, productId } = target
  const client = async () => {
    const responses: HttpResponse[] = []
    const add = { cart: cartId, product: productId, quantity: 1 }
    for (let turn = 0; turn < UPDATES_PER_CLIENT && !context.signal?.aborted; turn++)
      responses.push(await context.client.send('add', add))
    return responses
  }
  const responses = (await Promise.all(Array.from({ length: target.clients }, client))).flat()
  const tally = tallyOf(responses)
  let reads = 0
  const isSettled = (seen: Seen) => {
    reads++
    // At least two reads: the first may be too stale to show a duplicate.
    return reads >= 2 && unitsOf(seen, productId) >= tally.acknowledged
  }
  const end = await settle(context, cartId, isSettled)
  const failures = responses.flatMap(({ error }) => (error === undefined ? [] : [`add: ${error}`]))
  return end.seen === undefined
    ? { tally, stored: null, problems: [...failures, `final ${end.error}`] }
    : { tally, stored: unitsOf(end.seen, productId), problems: failures }
}

/** The adds, counted by how they ended. */
export interface Tally {
  readonly sent: number
  readonly acknowledged: number
  readonly unknown: number
}

/**
 * Counts adds by their responses: a success acknowledges the add, a 4xx refuses it; after a server error or a lost
 * response it is unknown whether it was applied.
 */
export function tallyOf(responses: readonly Pick<HttpResponse, 'status' | 'error'>[]): Tally {
  const acknowledged = responses.filter(({ error }) => error === undefined).length
  const refused = responses.filter(
    ({ status, error }) => error !== undefined && status >= 400 && status < 500,
  ).length
  const unknown = responses.length - acknowledged - refused
  return { sent: responses.length, acknowledged, unknown }
}

/**
 * Compares acknowledged with stored units and claims only what nothing else explains: anything from `acknowledged` to
 * `acknowledged + unknown` units is right. An unknown add that was applied can hide a lost one, so with unknown adds the
 * counts are lower bounds.
 */
export function judge({ acknowledged, unknown }: Tally, stored: number | null) {
  if (stored === null) return { lost: null, duplicated: null }
  return {
    lost: Math.max(0, acknowledged - stored),
    duplicated: Math.max(0, stored - acknowledged - unknown),
  }
}
