import { type Exchange, openExchange } from '../http/exchange.ts'
import type { OperationKind } from '../results/operation-kinds.ts'
import { type CrowdOptions, crowd, type Step } from './crowd.ts'

/** A kind of operation, and how it is done time and again. */
export interface ProbedKind {
  readonly operation: OperationKind
  /** What a get asks for; `null` where there is nothing to ask. */
  readonly read_consistency: 'strong' | 'eventual' | null
  readonly step: Step
  /** Makes what steps `from` to `from + count - 1` need; how many of them can then be done. */
  readonly prepare?: (steps: CrowdOptions) => ReturnType<typeof crowd>
}

export type ProductId = number | string

/** Lines of every cart of the probe. */
export const PROBE_LINES = 5
/** Carts of a customer, and so of a list: the page that a service gives who does not ask for more. */
export const HISTORY_CARTS = 20
/** Of customers nobody else creates: the load's are below 10,001. */
const FIRST_CUSTOMER = 10_000_001

/** Carts to work on, and the ways to work on them. */
export interface ProbeSteps {
  /** A cart of five lines, added one by one as shoppers do; its customer is that of 19 others. */
  readonly stock: Step
  /** Every kind, on the carts of the stock; carts to check out are made as they are needed. */
  readonly kinds: readonly ProbedKind[]
  close(): Promise<void>
}

/** @throws UsageError when `url` is none */
export function openProbeSteps(
  url: string,
  products: readonly ProductId[],
  clients: number,
  signal?: AbortSignal,
): ProbeSteps {
  const exchange = openExchange(url, { connections: clients, signal })
  const api = requestsOf(exchange)
  const stocked: string[] = []
  const waiting = new Map<number, string>()
  const productAt = (index: number) => products[index % products.length] ?? 1
  const at = (index: number) => stocked[index % stocked.length] ?? ''

  /** A cart whose lines were added one by one; `null` where one of the requests failed. */
  async function fullCart(customer: number): Promise<string | null> {
    const id = await api.create(customer)
    if (id === null) return null
    for (let line = 0; line < PROBE_LINES; line++)
      if (!(await api.add(id, productAt(line)))) return null
    return id
  }
  /** The same in two requests. */
  async function orderedCart(customer: number): Promise<string | null> {
    const id = await api.create(customer)
    const lines = Array.from({ length: PROBE_LINES }, (_, line) => productAt(line))
    return id !== null && (await api.addAll(id, lines)) ? id : null
  }
  const get = (read_consistency: 'strong' | 'eventual'): ProbedKind => ({
    operation: 'get_cart',
    read_consistency,
    step: (index) => api.get(`/shopping-carts/${at(index)}?consistency=${read_consistency}`),
  })
  const kind = (operation: OperationKind, step: Step): ProbedKind => ({
    operation,
    read_consistency: null,
    step,
  })
  return {
    async stock(index) {
      const id = await fullCart(customerOf(index))
      if (id !== null) stocked.push(id)
      return id !== null
    },
    kinds: [
      kind('create_cart', async (index) => (await api.create(1 + (index % 10_000))) !== null),
      kind('add_items', (index) =>
        api.add(at(index), productAt(Math.floor(index / stocked.length) % PROBE_LINES)),
      ),
      get('strong'),
      get('eventual'),
      {
        ...kind('checkout', (index) => api.checkout(waiting.get(index) ?? '')),
        prepare: (steps) =>
          crowd(async (index) => {
            const id = await orderedCart(1 + (index % 10_000))
            if (id !== null) waiting.set(index, id)
            return id !== null
          }, steps),
      },
      kind('list_carts', (index) => {
        const customers = Math.max(1, Math.floor(stocked.length / HISTORY_CARTS))
        const customer = customerOf(HISTORY_CARTS * (index % customers))
        return api.get(`/shopping-carts?customer_id=${customer}`)
      }),
    ],
    close: exchange.close,
  }
}

function customerOf(index: number): number {
  return FIRST_CUSTOMER + Math.floor(index / HISTORY_CARTS)
}

function requestsOf(exchange: Exchange) {
  const succeeded = async (status: number, ...request: Parameters<Exchange['send']>) =>
    (await exchange.send(...request)).status === status
  return {
    /** The cart's id; `null` when there is none. */
    async create(customer_id: number): Promise<string | null> {
      const { status, body } = await exchange.send('POST', '/shopping-carts', { customer_id })
      const id = (body as { shopping_cart_id?: unknown } | null | undefined)?.shopping_cart_id
      return status === 201 && id !== undefined ? encodeURIComponent(String(id)) : null
    },
    add: (cart: string, product_id: ProductId) =>
      succeeded(204, 'POST', `/shopping-carts/${cart}/items`, { product_id, quantity: 1 }),
    addAll: (cart: string, products: readonly ProductId[]) =>
      succeeded(204, 'POST', `/shopping-carts/${cart}/items`, {
        items: products.map((product_id) => ({ product_id, quantity: 1 })),
      }),
    get: (path: string) => succeeded(200, 'GET', path),
    checkout: (cart: string) => succeeded(200, 'POST', `/shopping-carts/${cart}/checkout`),
  }
}
