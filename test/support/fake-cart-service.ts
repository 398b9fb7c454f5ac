import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Listening, listen } from './listen.ts'

/** A small cart service over node:http that can be told to be wrong, to test those who test services. */
export interface FakeCartService extends Listening {
  /** Every request that arrived, in order. */
  readonly requests: readonly SeenRequest[]
  /** Units of a product that are really stored. */
  stored(cartId: string, productId: number): number
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown>
}

export interface FakeOptions {
  /**
   * `racy` reads, waits and writes back, so adds at the same time are lost; `twice` stores each add twice;
   * `one` stores one unit whatever was asked; `never` acknowledges and stores nothing.
   */
  readonly adds?: 'atomic' | 'racy' | 'twice' | 'one' | 'never'
  /** How many reads after each write still show the cart as it was before. */
  readonly staleReads?: number
  /** Answers, or does not, in the service's place; (a promise of) 'proper' leaves the answer to the service. */
  readonly misbehave?: Misbehaviour
}

export interface Moment {
  /** 1 for the first request. */
  readonly count: number
  readonly seen: SeenRequest
  readonly response: ServerResponse
  /** Lets the service do what was asked, without an answer. */
  act(): Promise<void>
}

export type Misbehaviour = (moment: Moment) => unknown

/** Misbehaves at the requests `when` picks, properly at the others. */
export function onlyWhen(when: (moment: Moment) => boolean, misbehave: Misbehaviour): Misbehaviour {
  return (moment) => (when(moment) ? misbehave(moment) : 'proper')
}

export const answering =
  (status: number, body: string): Misbehaviour =>
  ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

export const dropping: Misbehaviour = ({ response }) => {
  response.socket?.destroy()
}

/** Does what was asked, then hangs up without an answer. */
export const losingTheAnswer: Misbehaviour = async ({ response, act }) => {
  await act()
  response.socket?.destroy()
}

/** Sends the status line and half of the body, then hangs up. */
export const hangingUpMidBody =
  (status: number): Misbehaviour =>
  ({ response }) => {
    response.writeHead(status, { 'content-length': '1000' })
    response.write('{"shopping_cart_id": "', () => response.socket?.destroy())
  }

export const stayingSilent: Misbehaviour = () => {}

type Quantities = Map<unknown, number>

interface FakeCart {
  current: Quantities
  /** What a stale read shows; `undefined` while not even the cart is visible. */
  before: Quantities | undefined
  staleReads: number
}

export async function startFakeCartService(options: FakeOptions = {}): Promise<FakeCartService> {
  const { adds = 'atomic', staleReads = 0, misbehave } = options
  const carts = new Map<string, FakeCart>()
  const requests: SeenRequest[] = []

  function create(): [number, object] {
    const cartId = `cart ${carts.size + 1}`
    carts.set(cartId, { current: new Map(), before: undefined, staleReads })
    return [201, { shopping_cart_id: cartId }]
  }

  async function add(cart: FakeCart, body: Record<string, unknown>): Promise<[number]> {
    const before = new Map(cart.current)
    const held = cart.current.get(body.product_id) ?? 0
    const quantity = adds === 'one' ? 1 : Number(body.quantity)
    if (adds === 'racy') await sleep(20)
    if (adds === 'never') return [204]
    const factor = adds === 'twice' ? 2 : 1
    const base = adds === 'racy' ? held : (cart.current.get(body.product_id) ?? 0)
    cart.current.set(body.product_id, base + factor * quantity)
    Object.assign(cart, { before, staleReads })
    return [204]
  }

  function read(cart: FakeCart): [number, object] {
    const shown = cart.staleReads-- > 0 ? cart.before : cart.current
    if (shown === undefined) return [404, { error: 'CART_NOT_FOUND' }]
    const items = [...shown].map(([product_id, quantity]) => ({ product_id, quantity }))
    return [200, { items }]
  }

  async function answer({ method, path, body }: SeenRequest): Promise<[number, object?]> {
    const [, root, id, rest] = path.split('/')
    if (root !== 'shopping-carts') return [404, { error: 'ROUTE_NOT_FOUND' }]
    if (id === undefined) return create()
    const cart = carts.get(decodeURIComponent(id))
    if (cart === undefined) return [404, { error: 'CART_NOT_FOUND' }]
    if (rest === undefined) return read(cart)
    if (method === 'POST' && rest === 'items') return add(cart, body)
    return [404, { error: 'ROUTE_NOT_FOUND' }]
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request
    const sent = await text(request)
    const body = sent === '' ? {} : (JSON.parse(sent) as Record<string, unknown>)
    const seen = { method, path, body }
    const count = requests.push(seen)
    const act = async () => void (await answer(seen))
    const verdict = misbehave ? await misbehave({ count, seen, response, act }) : 'proper'
    if (verdict !== 'proper') return
    const [status, content] = await answer(seen)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(content === undefined ? undefined : JSON.stringify(content))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy())
  })
  return {
    ...(await listen(server)),
    requests,
    stored: (cartId, productId) => carts.get(cartId)?.current.get(productId) ?? 0,
  }
}
