import {
  CART_STATUSES,
  CONDITION_FAILED,
  type Line,
  type ListedCart,
  type Operation,
  type Refusal,
} from '../../../packages/histories/src/index.ts'
import type { Asked } from './asked.ts'
import type { Reply } from './wire.ts'

/** What is recorded of an answer. */
export type Answered = Pick<
  Operation,
  'status' | 'error' | 'version' | 'lines' | 'cart_status' | 'carts' | 'cart'
>

const LOST: Pick<Operation, 'status'> = { status: 'info' }

/**
 * What an answer says of its operation. Whatever does not certainly say that it happened, or that it did not, leaves it
 * open: an answer that was lost, a server's failure, a redirection, a success of another shape than the API's.
 */
export function answeredOf(asked: Asked, reply: Reply): Answered {
  const { cart } = asked
  const { status } = reply
  if (status >= 200 && status < 300) return { cart, ...successOf(asked, reply) }
  const error = refusalOf(asked, reply)
  return error === undefined ? { cart, ...LOST } : { cart, status: 'fail', error }
}

/** The version that an answer names, in its ETag or else in its body; `undefined` if it names none. */
export function versionOf({ etag, body }: Pick<Reply, 'etag' | 'body'>): number | undefined {
  const tagged = /^"(\d{1,15})"$/.exec(etag ?? '')?.[1]
  if (tagged !== undefined) return Number(tagged)
  const { version } = fieldsOf(body)
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined
}

/** The cart that a create made; `undefined` when the answer does not say. */
export function createdCart({ body }: Pick<Reply, 'body'>): string | undefined {
  const id = fieldsOf(body).shopping_cart_id
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

/**
 * A cart's lines, or `undefined` where `body` does not hold a cart. A service that keeps every add as an entry of its
 * own shows a product several times: what counts is how many units there are of it.
 */
export function linesOf(body: unknown): Line[] | undefined {
  const { items } = fieldsOf(body)
  if (!Array.isArray(items)) return undefined
  const units = new Map<string, number>()
  for (const item of items) {
    const line = lineOf(fieldsOf(item))
    if (line === undefined) return undefined
    units.set(line[0], (units.get(line[0]) ?? 0) + line[1])
  }
  return [...units]
}

/** The carts that one page of a list shows, and where the next one begins. */
export function pageOf(
  body: unknown,
): { readonly carts: ListedCart[]; readonly next: string | null } | undefined {
  const { carts, next_cursor } = fieldsOf(body)
  if (!Array.isArray(carts)) return undefined
  const listed = carts.map((cart) => listedOf(cart))
  if (!listed.every((cart) => cart !== undefined)) return undefined
  return { carts: listed, next: typeof next_cursor === 'string' ? next_cursor : null }
}

function listedOf(body: unknown): ListedCart | undefined {
  const cart = createdCart({ body })
  if (cart === undefined) return undefined
  return {
    cart,
    version: versionOf({ etag: undefined, body }),
    cart_status: statusOf(body),
    lines: linesOf(body),
  }
}

function successOf(asked: Asked, reply: Reply): Omit<Answered, 'cart'> & { cart?: string } {
  // What comes back of a merge is the cart as it is now, which others may have changed since.
  const version = asked.kind === 'merge' ? undefined : versionOf(reply)
  if (asked.kind === 'create') {
    const cart = createdCart(reply)
    return cart === undefined ? LOST : { status: 'ok', cart, version }
  }
  if (asked.kind !== 'get') return { status: 'ok', version }
  const lines = linesOf(reply.body)
  if (lines === undefined) return LOST
  return { status: 'ok', version, lines, cart_status: statusOf(reply.body) }
}

/** The status of a cart, where it is one that we know. */
function statusOf(body: unknown): Operation['cart_status'] {
  const { status } = fieldsOf(body)
  return CART_STATUSES.find((known) => known === status)
}

const REFUSAL_OF: Readonly<Record<string, Refusal>> = {
  CART_NOT_FOUND: 'not_found',
  LINE_NOT_FOUND: 'line_not_found',
  CART_NOT_ACTIVE: 'not_active',
  CART_EMPTY: 'cart_empty',
}

/** Server's failures that come with the promise that nothing was changed. */
const NOTHING_CHANGED = ['STORE_BUSY', 'SHUTTING_DOWN']

/**
 * Why it was certainly not done; `undefined` if that is not certain. A refusal that the service does not explain in
 * words we know says nothing of the cart, but for a read that finds none.
 */
function refusalOf({ kind }: Asked, { status, body }: Reply): string | undefined {
  const { error } = fieldsOf(body)
  const code = typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : undefined
  if (status >= 500) {
    return code !== undefined && NOTHING_CHANGED.includes(code) ? code.toLowerCase() : undefined
  }
  if (status < 400 || status === 408) return undefined
  if (kind === 'get' && status === 404) return 'not_found'
  if (status === 412) return CONDITION_FAILED
  if (code === undefined) return `http_${status}`
  return REFUSAL_OF[code] ?? code.toLowerCase()
}

function lineOf({ product_id, quantity }: Record<string, unknown>): Line | undefined {
  const known = typeof product_id === 'string' || typeof product_id === 'number'
  if (!known || typeof quantity !== 'number' || !Number.isSafeInteger(quantity)) return undefined
  return [String(product_id), quantity]
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
