import { setTimeout as sleep } from 'node:timers/promises'
import { productOf } from '../cart-api/access.ts'
import type { ApiOperation } from '../cart-api/api.ts'
import { type CartClient, type CartResponse, openCartClient } from '../cart-api/cart-client.ts'
import { describeExchange } from '../cart-api/describe-exchange.ts'
import { explainRefusal } from '../cart-api/explain-refusal.ts'
import { LoadError } from '../errors/load-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { type LoadSpec, productAt, productCount } from '../results/load-spec.ts'
import { accessFor, type LoadTarget } from './load-target.ts'
import { planCarts } from './schedule/planned-carts.ts'
import { countOf, openOwner, type Share, WHOLE } from './schedule/share.ts'

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
  /** The part of the load whose carts are prepared; all of it by default. */
  readonly share?: Share | undefined
}

export interface PrepareProgress {
  readonly phase: 'prepare'
  /** Carts. */
  readonly done: number
  readonly total: number
}

/**
 * Sends each operation of the load once, so that a run that can only fail is not started.
 *
 * @throws LoadError saying what is wrong with the service, UsageError when the spec does not fit it
 */
export async function checkService(spec: LoadSpec, target: LoadTarget, signal?: AbortSignal) {
  const { url, access } = accessFor(spec, target)
  const client = openCartClient(url, { signal, timeoutMs: spec.timeout_ms, access })
  try {
    const created = await client.send('create', { customer: 1 })
    if (created.cartId === null) throw unfit(client, 'create', created)
    const cart = created.cartId
    for (const index of [0, productCount(spec) - 1])
      await checkProduct(client, cart, productOf(client.access, productAt(spec, index)))
    const read = await client.send('get', { cart })
    if (read.error !== undefined) throw unfit(client, 'get', read)
    if (spec.mix === 'shopper-checkout') await checkCheckout(client, cart)
  } finally {
    await client.close()
  }
}

async function checkProduct(client: CartClient, cart: string, product: number | string) {
  const added = await client.send('add', { cart, product, quantity: 1 })
  if (added.error === undefined) return
  if ([400, 404, 406, 422].includes(added.status))
    throw new UsageError(
      `products: ${client.host} refuses product ${JSON.stringify(product)} (${added.error}): ${describeExchange(added.request, added, client.redact)}; select existing products with --products or --product-ids`,
    )
  throw unfit(client, 'add', added)
}

async function checkCheckout(client: CartClient, cart: string): Promise<void> {
  if (!client.api.has('checkout'))
    throw new UsageError(`mix: shopper-checkout needs a checkout, and ${client.api.name} has none`)
  const response = await client.send('checkout', { cart })
  if (response.error === undefined) return
  if (isUnwell(response.status)) throw unfit(client, 'checkout', response)
  const { title } = client.api.operation('checkout')
  throw new UsageError(
    `mix: shopper-checkout needs ${title}, and ${client.host} has none (${response.error})`,
  )
}

/** Whether a service that has the endpoint may respond so: not at all, overloaded, or with a server error. */
function isUnwell(status: number): boolean {
  return status === 0 || status === 408 || status === 429 || (status >= 500 && status !== 501)
}

function unfit(client: CartClient, operation: ApiOperation, response: CartResponse): LoadError {
  const { status, error } = response
  const { api, host } = client
  if (status === 0) return new LoadError(`${host} does not respond: ${error}`)
  const why = isUnwell(status) ? error : explainRefusal(client, operation, response)
  return new LoadError(`${host}: ${api.operation(operation).title}: ${why}`)
}

const ATTEMPTS = 3
const RETRY_PAUSE_MS = 200

/** How often progress is reported while carts are prepared. */
const STEPS = 20

/**
 * Creates the carts that the mix works on, over as many connections as the load has. Requests that may yet succeed are
 * sent up to three times: nothing of this is measured.
 *
 * @returns the ids of the carts by slot; `null` for a shopper who has no cart yet, and for the carts of other shares
 * @throws LoadError when one cannot be created or filled
 */
export async function prepareCarts(
  spec: LoadSpec,
  target: LoadTarget,
  { signal, onProgress, share = WHOLE }: PrepareOptions = {},
): Promise<(string | null)[]> {
  const { url, access } = accessFor(spec, target)
  const connections = countOf(spec.connections, share)
  const owns = openOwner(spec, share)
  const client = openCartClient(url, {
    connections,
    signal,
    timeoutMs: spec.timeout_ms,
    access,
  })
  const quantityOf = (drawn: number) => (client.access.singleUnits ? 1 : drawn)
  const { slots, filled, plan } = planCarts(spec)
  const ids: (string | null)[] = Array.from({ length: slots }, () => null)
  const total = filled.filter(owns).length
  const step = Math.ceil(total / STEPS)
  let done = 0

  async function fill(): Promise<void> {
    for (const { slot, customer, lines } of plan) {
      if (!owns(slot)) continue
      const created = await persist(() => client.send('create', { customer }), url, signal)
      const cart = created.cartId ?? ''
      for (const { product: planned, quantity: drawn } of lines) {
        const line = { product: productOf(client.access, planned), quantity: quantityOf(drawn) }
        await persist(() => client.send('add', { cart, ...line }), url, signal)
      }
      ids[slot] = cart
      done++
      if (done === total || done % step === 0) onProgress?.({ phase: 'prepare', done, total })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(connections, total) }, fill))
    return ids
  } finally {
    await client.close()
  }
}

async function persist(
  send: () => Promise<CartResponse>,
  url: string,
  signal: AbortSignal | undefined,
): Promise<CartResponse> {
  for (let attempt = 1; ; attempt++) {
    const response = await send()
    const { error, status } = response
    if (error === undefined) return response
    const transient = status === 0 || status === 429 || status >= 500
    if (!transient || attempt === ATTEMPTS || signal?.aborted)
      throw new LoadError(`${url}: the carts could not be prepared: ${error}`)
    await sleep(attempt * RETRY_PAUSE_MS)
  }
}
