import { type Answer, type CartApi, type ExchangeOptions, openCartApi } from '../http/cart-api.ts'
import { round2 } from '../stats/round.ts'
import { OPERATIONS, type Operation, type PerfRecord } from '../workload/perf-record.ts'
import { OPERATIONS_OF_A_KIND, quickStream } from './quick-stream.ts'

/** Of `ExchangeOptions`: `timeoutMs`, `silenceMs`, `signal`, `onNoAnswer`. */
export interface QuickPerfOptions extends Omit<ExchangeOptions, 'connections'> {
  /** URL of the service. */
  readonly host: string
  /** Decides customers, products and quantities; the same seed sends the same stream. */
  readonly seed?: number | undefined
  /** Stops the run: what was measured until then is returned, the operation in flight is not. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export const DEFAULT_SEED = 1

/**
 * The customary test: 150 operations over one connection, each sent when the one before is answered.
 * 50 creates, then 50 adds and 50 gets, both round-robin over the carts that were created.
 *
 * There are always 150 records, unless `signal` stops the run. Operations that cannot be sent are recorded as failed,
 * with status 0 and a time of 0: adds and gets when no cart could be created ("no cart to use"), and
 * everything left once a host has answered nothing for `silenceMs` (150 timeouts of 10 s would take 25
 * minutes to say the same).
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

/** How many operations the customary test sends. */
export const QUICK_OPERATIONS = OPERATIONS_OF_A_KIND * OPERATIONS.length

/**
 * The same test, driven by the caller: each `next()` sends one operation and has its record; `return()` closes
 * the connection. Two services can take turns this way. `onProgress` is not called.
 */
export async function* quickPerf(options: QuickPerfOptions): AsyncGenerator<PerfRecord> {
  const { host, seed = DEFAULT_SEED, signal } = options
  const api = openCartApi(host, { ...options, connections: 1 })
  try {
    for (const { operation, send } of planSteps(api, seed)) {
      const answer = api.isSilent() ? unsent('not sent: the host never answered') : await send()
      if (signal?.aborted) return
      yield recordOf(operation, answer)
    }
  } finally {
    await api.close()
  }
}

interface Step {
  readonly operation: Operation
  readonly send: () => Promise<Answer>
}

function planSteps(api: CartApi, seed: number): Step[] {
  const { customers, adds } = quickStream(seed)
  const carts: string[] = []
  const onCart = async (turn: number, send: (cartId: string) => Promise<Answer>) => {
    const cartId = carts[turn % carts.length]
    return cartId === undefined ? unsent('no cart to use') : send(cartId)
  }
  return [
    ...customers.map((customerId) => ({
      operation: 'create_cart' as const,
      async send() {
        const answer = await api.createCart(customerId)
        if (answer.cartId !== null) carts.push(answer.cartId)
        return answer
      },
    })),
    ...adds.map(({ productId, quantity }, turn) => ({
      operation: 'add_items' as const,
      send: () => onCart(turn, (cartId) => api.addItem(cartId, productId, quantity)),
    })),
    ...customers.map((_, turn) => ({
      operation: 'get_cart' as const,
      send: () => onCart(turn, (cartId) => api.getCart(cartId)),
    })),
  ]
}

function unsent(error: string): Answer {
  return { status: 0, body: undefined, ms: 0, startedAt: Date.now(), error }
}

function recordOf(operation: Operation, answer: Answer): PerfRecord {
  return {
    operation,
    response_time: round2(answer.ms),
    success: answer.error === undefined,
    status_code: answer.status,
    timestamp: new Date(answer.startedAt).toISOString(),
    ...(answer.error !== undefined && { error: answer.error }),
  }
}
