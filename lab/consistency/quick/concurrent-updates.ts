import type { Answer } from '../../http/cart-api.ts'
import type { ConcurrentUpdatesRecord } from '../records.ts'
import { type Seen, settle, unitsOf } from './reads.ts'
import { drawCustomer, drawProduct, type ScenarioContext, verdictOf } from './scenario.ts'

export const UPDATES_PER_CLIENT = 5

/**
 * Several clients, each on its own connection, add one product to one new cart, five times each without a
 * pause: the double click and the second browser tab, which a serial test never notices. Every add is of
 * one unit, so units are adds and `lost_updates` counts them exactly.
 */
export async function concurrentUpdates(
  context: ScenarioContext,
  clients: number,
): Promise<ConcurrentUpdatesRecord> {
  const timestamp = new Date().toISOString()
  const customerId = drawCustomer(context.random)
  const productId = drawProduct(context.random)
  const created = await context.api.createCart(customerId)
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
  target: { cartId: string; productId: number; clients: number },
) {
  const { cartId, productId } = target
  const client = async () => {
    const answers: Answer[] = []
    for (let turn = 0; turn < UPDATES_PER_CLIENT && !context.signal?.aborted; turn++)
      answers.push(await context.api.addItem(cartId, productId, 1))
    return answers
  }
  const answers = (await Promise.all(Array.from({ length: target.clients }, client))).flat()
  const tally = tallyOf(answers)
  let reads = 0
  const isSettled = (seen: Seen) => {
    reads++
    // Twice, since the first read may be too old to show a duplicate.
    return reads >= 2 && unitsOf(seen, productId) >= tally.acknowledged
  }
  const end = await settle(context, cartId, isSettled)
  const failures = answers.flatMap(({ error }) => (error === undefined ? [] : [`add: ${error}`]))
  return end.seen === undefined
    ? { tally, stored: null, problems: [...failures, `final ${end.error}`] }
    : { tally, stored: unitsOf(end.seen, productId), problems: failures }
}

/** How the adds ended, counted. */
export interface Tally {
  readonly sent: number
  readonly acknowledged: number
  readonly unknown: number
}

/**
 * Sorts answers by what they say of the add: 204 acknowledges it, a 4xx refuses it; all else, a server's
 * failure and a lost answer alike, leaves open whether it happened.
 */
export function tallyOf(answers: readonly Pick<Answer, 'status' | 'error'>[]): Tally {
  const acknowledged = answers.filter(({ error }) => error === undefined).length
  const refused = answers.filter(
    ({ status, error }) => error !== undefined && status >= 400 && status < 500,
  ).length
  return { sent: answers.length, acknowledged, unknown: answers.length - acknowledged - refused }
}

/**
 * Compares what was acknowledged with what is stored, claiming only what nothing else explains: anything
 * from `acknowledged` to `acknowledged + unknown` units is right. An unknown add that did happen can hide
 * a lost one, so with unknowns a count of 0 is a lower bound.
 */
export function judge({ acknowledged, unknown }: Tally, stored: number | null) {
  if (stored === null) return { lost: null, duplicated: null }
  return {
    lost: Math.max(0, acknowledged - stored),
    duplicated: Math.max(0, stored - acknowledged - unknown),
  }
}
