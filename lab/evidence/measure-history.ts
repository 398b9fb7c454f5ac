import { type Exchange, openExchange } from '../http/exchange.ts'
import { HISTORY_CARTS, type ProductId } from '../resources/probe-steps.ts'
import type { RequirementsPart } from '../results/schemas.ts'
import { percentile } from '../stats/percentile.ts'

type History = RequirementsPart['sides'][number]['history']

const CALLS = 100
/** Without an answer in a row: a service that is gone must not hold the rest for the timeout of each. */
const MOST_LOST = 3
/** How many of the carts have become orders. */
const ORDERS = 5

/**
 * A customer's history: a customer gets 20 carts, of which 5 are checked out, and then the list of all carts and that of
 * all orders are asked for a hundred times, one call after another. One that lacks an entry has failed.
 *
 * @param customer one that has no cart yet
 * @returns none where the carts could not be made
 */
export async function measureHistory(
  url: string,
  { customer, product, signal }: HistoryOptions,
): Promise<History> {
  const exchange = openExchange(url, { signal })
  try {
    if (!(await fill(exchange, customer, product))) return []
    return [
      await askTime(exchange, signal, {
        request: 'list_carts',
        path: `/shopping-carts?customer_id=${customer}`,
        key: 'carts',
        entries: HISTORY_CARTS,
      }),
      await askTime(exchange, signal, {
        request: 'list_orders',
        path: `/orders?customer_id=${customer}`,
        key: 'orders',
        entries: ORDERS,
      }),
    ]
  } finally {
    await exchange.close()
  }
}

export interface HistoryOptions {
  readonly customer: number
  readonly product: ProductId
  readonly signal?: AbortSignal | undefined
}

async function fill(exchange: Exchange, customer_id: number, product_id: ProductId) {
  for (let cart = 0; cart < HISTORY_CARTS; cart++) {
    const { body } = await exchange.send('POST', '/shopping-carts', { customer_id })
    const id = (body as { shopping_cart_id?: unknown } | null | undefined)?.shopping_cart_id
    if (id === undefined) return false
    const path = `/shopping-carts/${encodeURIComponent(String(id))}`
    const added = await exchange.send('POST', `${path}/items`, { product_id, quantity: 1 })
    if (added.status !== 204) return false
    if (cart < ORDERS) await exchange.send('POST', `${path}/checkout`)
  }
  return true
}

async function askTime(
  exchange: Exchange,
  signal: AbortSignal | undefined,
  { request, path, key, entries }: Asked,
): Promise<History[number]> {
  const times: number[] = []
  let count = 0
  let lost = 0
  for (; count < CALLS && lost < MOST_LOST && !signal?.aborted; count++) {
    const { status, body, ms } = await exchange.send('GET', path)
    lost = status === 0 ? lost + 1 : 0
    const found = (body as Record<string, unknown> | null | undefined)?.[key]
    if (status === 200 && Array.isArray(found) && found.length >= entries) times.push(ms)
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

interface Asked {
  readonly request: History[number]['request']
  readonly path: string
  /** Where the answer has its entries. */
  readonly key: string
  /** How many there are. */
  readonly entries: number
}
