import type { ApiOperation, Id, Values } from '../../cart-api/api.ts'
import { openCartClient } from '../../cart-api/cart-client.ts'
import type { OperationKind } from '../../results/operation-kinds.ts'
import type { Watched } from '../../services/watch-service.ts'
import { type CrowdOptions, crowd, type Task } from './crowd.ts'

/** A kind of operation, and how it is repeated. */
export interface ProbedKind {
  readonly operation: OperationKind
  /** The consistency that a get asks for; `null` for other kinds. */
  readonly read_consistency: 'strong' | 'eventual' | null
  readonly task: Task
  /** Prepares what tasks `from` to `from + count - 1` need; how many of them are ready. */
  readonly prepare?: (tasks: CrowdOptions) => ReturnType<typeof crowd>
}

/** Lines of every cart of the probe. */
export const PROBE_LINES = 5
/** Carts of a customer, and so of a list: the default page of the service. */
export const HISTORY_CARTS = 20
/** The probe's customers: those of loads are below 10,001. */
const FIRST_CUSTOMER = 10_000_001

/** Carts to work on, and the operations on them. */
export interface ProbeSteps {
  /** Creates a cart of five lines, added one by one as shoppers do; its customer has 19 others. */
  readonly stock: Task
  /** Every kind, on the carts of the stock; carts to check out are created as they are needed. */
  readonly kinds: readonly ProbedKind[]
  close(): Promise<void>
}

/** @throws UsageError when `url` is no usable URL */
export function openProbeSteps(
  { url, access }: Watched,
  products: readonly Id[],
  clients: number,
  signal?: AbortSignal,
): ProbeSteps {
  const client = openCartClient(url, { connections: clients, signal, access })
  const stocked: string[] = []
  const waiting = new Map<number, string>()
  const lineAt = (index: number) => ({
    product: products[index % products.length] ?? 1,
    quantity: 1,
  })
  const cartAt = (index: number) => stocked[index % stocked.length] ?? ''

  async function succeeds(operation: ApiOperation, values: Values): Promise<boolean> {
    const { status, error } = await client.ask(operation, values)
    return error === undefined && client.api.operation(operation).accepts(status)
  }
  const create = async (customer: number) => (await client.send('create', { customer })).cartId

  /** A cart whose lines were added one by one; `null` where one of the requests failed. */
  async function fullCart(customer: number): Promise<string | null> {
    const cart = await create(customer)
    if (cart === null) return null
    for (let line = 0; line < PROBE_LINES; line++)
      if (!(await succeeds('add', { cart, ...lineAt(line) }))) return null
    return cart
  }
  /** The same cart in two requests. */
  async function orderedCart(customer: number): Promise<string | null> {
    const cart = await create(customer)
    const lines = Array.from({ length: PROBE_LINES }, (_, line) => lineAt(line))
    return cart !== null && (await succeeds('add_many', { cart, lines })) ? cart : null
  }
  const get = (consistency: 'strong' | 'eventual'): ProbedKind => ({
    operation: 'get_cart',
    read_consistency: consistency,
    task: (index) => succeeds('get', { cart: cartAt(index), consistency }),
  })
  const kind = (operation: OperationKind, task: Task): ProbedKind => ({
    operation,
    read_consistency: null,
    task,
  })
  return {
    async stock(index) {
      const cart = await fullCart(customerOf(index))
      if (cart !== null) stocked.push(cart)
      return cart !== null
    },
    kinds: [
      kind('create_cart', async (index) => (await create(1 + (index % 10_000))) !== null),
      kind('add_items', (index) =>
        succeeds('add', {
          cart: cartAt(index),
          ...lineAt(Math.floor(index / stocked.length) % PROBE_LINES),
        }),
      ),
      get('strong'),
      get('eventual'),
      {
        ...kind('checkout', (index) => succeeds('checkout', { cart: waiting.get(index) ?? '' })),
        prepare: (tasks) =>
          crowd(async (index) => {
            const cart = await orderedCart(1 + (index % 10_000))
            if (cart !== null) waiting.set(index, cart)
            return cart !== null
          }, tasks),
      },
      kind('list_carts', (index) => {
        const customers = Math.max(1, Math.floor(stocked.length / HISTORY_CARTS))
        return succeeds('list', { customer: customerOf(HISTORY_CARTS * (index % customers)) })
      }),
    ],
    close: client.close,
  }
}

function customerOf(index: number): number {
  return FIRST_CUSTOMER + Math.floor(index / HISTORY_CARTS)
}
