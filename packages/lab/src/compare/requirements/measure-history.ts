import type { Access } from '../../cart-api/access.ts'
import type { Id } from '../../cart-api/api.ts'
import { type CartClient, openCartClient } from '../../cart-api/cart-client.ts'
import type { RequirementsPart } from '../../results/schemas.ts'
import { percentile } from '../../stats/percentile.ts'
import { HISTORY_CARTS } from './probe-steps.ts'

type ListTimes = RequirementsPart['sides'][number]['history'][number]

const CALLS = 100
/** Consecutive calls without a response after which the rest is skipped: each would take the timeout. */
const MAX_LOST = 3
/** How many of the carts become orders. */
const ORDERS = 5

export interface HistoryOptions {
  /** One that has no cart yet. */
  readonly customer: number
  readonly product: Id
  readonly access?: Access | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Times of a customer's history: a customer gets 20 carts, 5 of which are checked out; then the list of the carts and the
 * list of the orders are requested a hundred times each, one call after another. A list that lacks an entry has failed.
 *
 * @returns none where the carts could not be created
 */
export async function measureHistory(
  url: string,
  { customer, product, access, signal }: HistoryOptions,
): Promise<ListTimes[]> {
  const client = openCartClient(url, { signal, access })
  const { read } = client.api
  try {
    if (!(await fill(client, customer, product))) return []
    return [
      await timeList(client, signal, {
        request: 'list_carts',
        operation: 'list',
        customer,
        entriesIn: (body) => read.page(body)?.carts.length,
        expected: HISTORY_CARTS,
      }),
      await timeList(client, signal, {
        request: 'list_orders',
        operation: 'orders',
        customer,
        entriesIn: read.orderCount,
        expected: ORDERS,
      }),
    ]
  } finally {
    await client.close()
  }
}

async function fill(client: CartClient, customer: number, product: Id): Promise<boolean> {
  for (let count = 0; count < HISTORY_CARTS; count++) {
    const { cartId: cart } = await client.send('create', { customer })
    if (cart === null) return false
    const added = await client.send('add', { cart, product, quantity: 1 })
    if (added.error !== undefined) return false
    if (count < ORDERS) await client.send('checkout', { cart })
  }
  return true
}

interface TimedList {
  readonly request: ListTimes['request']
  readonly operation: 'list' | 'orders'
  readonly customer: number
  /** How many entries a body lists. */
  readonly entriesIn: (body: unknown) => number | undefined
  readonly expected: number
}

async function timeList(
  client: CartClient,
  signal: AbortSignal | undefined,
  { request, operation, customer, entriesIn, expected }: TimedList,
): Promise<ListTimes> {
  const times: number[] = []
  let count = 0
  let lost = 0
  for (; count < CALLS && lost < MAX_LOST && !signal?.aborted; count++) {
    const { status, body, ms, error } = await client.send(operation, { customer })
    lost = status === 0 ? lost + 1 : 0
    if (error === undefined && (entriesIn(body) ?? 0) >= expected) times.push(ms)
  }
  const sorted = times.sort((a, b) => a - b)
  const at = (p: number) => (sorted.length === 0 ? null : percentile(sorted, p))
  const sum = sorted.reduce((total, ms) => total + ms, 0)
  return {
    request,
    count,
    failed: count - sorted.length,
    mean: sorted.length === 0 ? null : sum / sorted.length,
    p50: at(50),
    p95: at(95),
    max: at(100),
  }
}
