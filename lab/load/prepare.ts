import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type CartApi, openCartApi } from '../http/cart-api.ts'
import { openExchange } from '../http/exchange.ts'
import { UsageError } from '../http/usage-error.ts'
import { createRandom, type Random } from '../random/random.ts'
import { LoadError } from './load-error.ts'
import { hasSessions, type LoadSpec, productAt, productCount } from './load-spec.ts'
import { cartLines } from './schedule/mixes.ts'
import type { Part } from './schedule/part.ts'
import { openSessions } from './schedule/sessions.ts'

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined
}

export interface PrepareProgress {
  readonly phase: 'prepare'
  /** Carts. */
  readonly done: number
  readonly total: number
}

/**
 * Asks a service once for each thing the load needs of it, so that a run that can only fail is not begun.
 *
 * @throws LoadError saying what is wrong with the service, UsageError when the spec does not fit it
 */
export async function checkService(spec: LoadSpec, url: string, signal?: AbortSignal) {
  const api = openCartApi(url, { signal, timeoutMs: spec.timeout_ms })
  try {
    const created = await api.createCart(1)
    if (created.cartId === null) throw unfit(url, 'POST /shopping-carts', created)
    for (const index of [0, productCount(spec) - 1])
      await checkProduct(api, created.cartId, productAt(spec, index), url)
    const read = await api.getCart(created.cartId)
    if (read.error !== undefined) throw unfit(url, 'GET /shopping-carts/{id}', read)
    if (spec.mix === 'shopper-checkout') await checkCheckout(url, created.cartId, signal)
  } finally {
    await api.close()
  }
}

async function checkProduct(api: CartApi, cartId: string, productId: number | string, url: string) {
  // The customary client takes numbers alone; what is sent is the same.
  const added = await api.addItem(cartId, productId as number, 1)
  if (added.error === undefined) return
  if (added.status === 404 || added.status === 400 || added.status === 422)
    throw new UsageError(
      `products: ${url} refuses product ${JSON.stringify(productId)} (${added.error}): name some it has with --products or --product-ids`,
    )
  throw unfit(url, 'POST /shopping-carts/{id}/items', added)
}

/** What a service that has the path answers, too, when it is not well: no answer, too much to do, a failure of its own. */
function isUnwell(status: number): boolean {
  return status === 0 || status === 408 || status === 429 || (status >= 500 && status !== 501)
}

async function checkCheckout(url: string, cartId: string, signal?: AbortSignal): Promise<void> {
  const exchange = openExchange(url, { signal })
  try {
    const path = `/shopping-carts/${encodeURIComponent(cartId)}/checkout`
    const answer = await exchange.send('POST', path)
    const { status, error = `expected 200, got ${status}` } = answer
    if (status === 200) return
    if (isUnwell(status))
      throw unfit(url, 'POST /shopping-carts/{id}/checkout', { ...answer, error })
    throw new UsageError(
      `mix: shopper-checkout needs POST /shopping-carts/{id}/checkout, and ${url} has none (${error})`,
    )
  } finally {
    await exchange.close()
  }
}

function unfit(url: string, request: string, { status, error }: Answer): LoadError {
  return new LoadError(
    status === 0 ? `${url} does not answer: ${error}` : `${url}: ${request}: ${error}`,
  )
}

const ATTEMPTS = 3
const RETRY_PAUSE_MS = 200

/** How often progress is told while carts are prepared. */
const STEPS = 20

/**
 * Creates the carts that the mix works on, at most as many at once as the load has connections. What is not certain to
 * have failed for good is tried up to three times: nothing of this is measured.
 *
 * @returns their ids by slot; `null` for a shopper who has none yet
 * @throws LoadError when one cannot be created or filled
 */
export async function prepareCarts(
  spec: LoadSpec,
  url: string,
  { signal, onProgress }: PrepareOptions = {},
): Promise<(string | null)[]> {
  const api = openCartApi(url, {
    connections: spec.connections,
    signal,
    timeoutMs: spec.timeout_ms,
  })
  const random = createRandom(spec.seed, 'prepare')
  const carts = plannedCarts(spec, random)
  const ids: (string | null)[] = carts.map(() => null)
  const wanted = carts.flatMap((lines, slot) => (lines === null ? [] : [{ slot, lines }]))
  const total = wanted.length
  const step = Math.ceil(total / STEPS)
  let next = 0
  let done = 0

  async function fill(): Promise<void> {
    for (let cart = wanted[next++]; cart !== undefined; cart = wanted[next++]) {
      const { slot, lines } = cart
      // Drawn before anything is awaited: the carts are the same whichever is answered first.
      const customerId = random.integer(1, 10_000)
      const adds = lines.map((productId) => [productId, random.integer(1, 3)] as const)
      const created = await persist(() => api.createCart(customerId), url, signal)
      const cartId = created.cartId ?? ''
      for (const [productId, quantity] of adds)
        await persist(() => api.addItem(cartId, productId as number, quantity), url, signal)
      ids[slot] = cartId
      done++
      if (done === total || done % step === 0) onProgress?.({ phase: 'prepare', done, total })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(spec.connections, total) }, fill))
    return ids
  } finally {
    await api.close()
  }
}

/** The products in the cart of each slot, one for each add; `null` where there is no cart beforehand. */
function plannedCarts(spec: LoadSpec, random: Random): ((number | string)[] | null)[] {
  if (!hasSessions(spec)) {
    const productOf = cartLines(spec)
    return Array.from({ length: spec.carts }, (_, slot) =>
      Array.from({ length: spec.lines_per_cart }, (_, line) => productOf(slot, line)),
    )
  }
  const parts: Part[] = spec.warmup_s > 0 ? ['measured', 'warm-up'] : ['measured']
  const last = productCount(spec) - 1
  return parts
    .flatMap((part) => openSessions(spec, part))
    .map(({ added }) =>
      added === null
        ? null
        : Array.from({ length: added }, () => productAt(spec, random.integer(0, last))),
    )
}

async function persist<T extends Answer>(
  send: () => Promise<T>,
  url: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send()
    if (answer.error === undefined) return answer
    const passing = answer.status === 0 || answer.status === 429 || answer.status >= 500
    if (!passing || attempt === ATTEMPTS || signal?.aborted)
      throw new LoadError(`${url}: the carts could not be prepared: ${answer.error}`)
    await sleep(attempt * RETRY_PAUSE_MS)
  }
}
