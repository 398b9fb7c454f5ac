import { productOf } from '../cart-api/access.ts'
import { type CartClient, type CartClientOptions, openCartClient } from '../cart-api/cart-client.ts'
import type { HttpResponse } from '../cart-api/exchange.ts'
import { CORE_OPERATIONS, type CoreOperation } from '../results/operations.ts'
import type { PerfRecord } from '../results/perf-record.ts'
import { round2 } from '../stats/round.ts'
import { OPERATIONS_OF_A_KIND, quickStream } from './quick-stream.ts'

/** Of `CartClientOptions`: `access`, `timeoutMs`, `silenceMs`, `signal`, `onNoAnswer`. */
export interface QuickPerfOptions extends Omit<CartClientOptions, 'connections'> {
  /** URL of the service. */
  readonly host: string
  /** Random seed of customers, products and quantities. */
  readonly seed?: number | undefined
  /** Stops the run: what was measured until then is returned, without the operation in flight. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export const DEFAULT_SEED = 1

/**
 * The quick test: 150 operations over one connection, each sent when the previous response arrives: 50 creates, then
 * 50 adds and 50 gets, both round-robin over the created carts.
 *
 * There are always 150 records, unless `signal` stops the run. Operations that cannot be sent are recorded as failed,
 * with a status and a time of 0: adds and gets when no cart could be created ("no cart to use"), and all that remain
 * once a host has never responded for `silenceMs` (150 timeouts of 10 s would take 25 minutes).
 *
 * @throws UsageError when `host` is no usable URL
 */
export async function runQuickPerf(options: QuickPerfOptions): Promise<PerfRecord[]> {
  const records: PerfRecord[] = []
  for await (const record of quickPerf(options)) {
    records.push(record)
    options.onProgress?.(records.length, QUICK_OPERATIONS)
  }
  return records
}

/** Operations of the quick test. */
export const QUICK_OPERATIONS = OPERATIONS_OF_A_KIND * CORE_OPERATIONS.length

/**
 * The same test, driven by the caller: each `next()` sends one operation and yields its record; `return()` closes the
 * connection. Two services can be measured in turns this way. `onProgress` is not called.
 */
export async function* quickPerf(options: QuickPerfOptions): AsyncGenerator<PerfRecord> {
  const { host, seed = DEFAULT_SEED, signal } = options
  const client = openCartClient(host, { ...options, connections: 1 })
  try {
    for (const { operation, send } of planRequests(client, seed)) {
      const response = client.isSilent()
        ? unsent('not sent: the host never responded')
        : await send()
      if (signal?.aborted) return
      yield recordOf(operation, response)
    }
  } finally {
    await client.close()
  }
}

interface PlannedRequest {
  readonly operation: CoreOperation
  readonly send: () => Promise<HttpResponse>
}

function planRequests(client: CartClient, seed: number): PlannedRequest[] {
  const { customers, adds } = quickStream(seed)
  const lineOf = (planned: number, quantity: number) => ({
    product: productOf(client.access, planned),
    quantity: client.access.singleUnits ? 1 : quantity,
  })
  const carts: string[] = []
  const onCart = async (turn: number, send: (cart: string) => Promise<HttpResponse>) => {
    const cart = carts[turn % carts.length]
    return cart === undefined ? unsent('no cart to use') : send(cart)
  }
  return [
    ...customers.map((customer) => ({
      operation: 'create_cart' as const,
      async send() {
        const response = await client.send('create', { customer })
        if (response.cartId !== null) carts.push(response.cartId)
        return response
      },
    })),
    ...adds.map(({ product, quantity }, turn) => ({
      operation: 'add_items' as const,
      send: () =>
        onCart(turn, (cart) => client.send('add', { cart, ...lineOf(product, quantity) })),
    })),
    ...customers.map((_, turn) => ({
      operation: 'get_cart' as const,
      send: () => onCart(turn, (cart) => client.send('get', { cart })),
    })),
  ]
}

function unsent(error: string): HttpResponse {
  return { status: 0, body: undefined, ms: 0, startedAt: Date.now(), error }
}

function recordOf(operation: CoreOperation, response: HttpResponse): PerfRecord {
  return {
    operation,
    response_time: round2(response.ms),
    success: response.error === undefined,
    status_code: response.status,
    timestamp: new Date(response.startedAt).toISOString(),
    ...(response.error !== undefined && { error: response.error }),
  }
}
