import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Listening, listen } from './listen.ts'

/** How a service keeps its carts: one that is right, and ones that are wrong as real services are. */
export type Design =
  | 'correct'
  /** Reads, waits and writes back: adds that meet are lost. */
  | 'read-modify-write'
  /** A message that asks for an add is at times delivered twice. */
  | 'added twice'
  /** Reads are answered from a cache for a while. */
  | 'stale cache'
  /** A key is looked for, then the change is made, then the key is kept. */
  | 'key apart from the write'

interface Stored {
  readonly lines: Map<number, number>
  version: number
  readonly keys: Set<string>
}

interface Added {
  readonly product_id: number
  readonly quantity: number
}

type Answer = readonly [status: number, body?: object, etag?: string]

const CACHED_MS = 60
const DOUBLED = 25

/** `counted` rise by one with every change of a cart; the others are right as entity tags, and count nothing. */
export type Versions = 'counted' | 'one sequence' | 'milliseconds'

/** A cart service of the three core endpoints and nothing else; with `versions`, also ETags and Idempotency-Keys. */
export async function startCartServer(
  design: Design,
  { versions = false }: { readonly versions?: boolean | Versions } = {},
): Promise<Listening> {
  const carts = new Map<string, Stored>()
  const cache = new Map<Stored, { readonly until: number; readonly answer: Answer }>()
  let adds = 0
  let sequence = 100

  function nextVersion(version: number): number {
    if (versions === 'one sequence') return ++sequence
    return versions === 'milliseconds' ? Date.now() : version + 1
  }

  function create(): Answer {
    const id = `cart-${carts.size + 1}`
    const version = nextVersion(0)
    carts.set(id, { lines: new Map(), version, keys: new Set() })
    return [201, { shopping_cart_id: id }, `"${version}"`]
  }

  /** Puts units into the cart, as well as the design can. */
  async function put({ lines }: Stored, { product_id, quantity }: Added): Promise<void> {
    const before = lines.get(product_id) ?? 0
    if (design === 'read-modify-write') {
      await sleep(3)
      lines.set(product_id, before + quantity)
      return
    }
    const times = design === 'added twice' && ++adds % DOUBLED === 0 ? 2 : 1
    lines.set(product_id, before + times * quantity)
  }

  async function add(cart: Stored, body: Added, key: string | undefined): Promise<Answer> {
    if (!Number.isInteger(body.product_id)) return [400]
    if (key !== undefined && cart.keys.has(key)) return [204, {}, `"${cart.version}"`]
    if (design === 'key apart from the write') await sleep(3)
    await put(cart, body)
    const version = nextVersion(cart.version)
    cart.version = version
    if (key !== undefined) cart.keys.add(key)
    return [204, {}, `"${version}"`]
  }

  function read(cart: Stored): Answer {
    const cached = cache.get(cart)
    if (design === 'stale cache' && cached !== undefined && cached.until > performance.now())
      return cached.answer
    const items = [...cart.lines].map(([product_id, quantity]) => ({ product_id, quantity }))
    const answer: Answer = [200, { items }, `"${cart.version}"`]
    cache.set(cart, { until: performance.now() + CACHED_MS, answer })
    return answer
  }

  async function answer({ method, url, headers }: IncomingMessage, body: Added): Promise<Answer> {
    const [, id = '', rest = ''] = /^\/shopping-carts\/?([^/?]*)(\/.*)?/.exec(url ?? '') ?? []
    const cart = carts.get(decodeURIComponent(id))
    const key = versions !== false ? headers['idempotency-key'] : undefined
    switch (`${method} ${cart === undefined ? id : 'cart'}${rest}`) {
      case 'POST ':
        return create()
      case 'GET cart':
        return cart === undefined ? [404] : read(cart)
      case 'POST cart/items':
        return cart === undefined ? [404] : add(cart, body, key?.toString())
      default:
        return [404]
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === 'POST' ? await json(request).catch(() => ({})) : {}
    const [status, content, etag] = await answer(request, body as Added)
    await sleep(1)
    if (versions !== false && etag !== undefined) response.setHeader('etag', etag)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(status === 204 || content === undefined ? undefined : JSON.stringify(content))
  }

  return listen(
    createServer((request, response) => {
      serve(request, response).catch(() => response.socket?.destroy())
    }),
  )
}
