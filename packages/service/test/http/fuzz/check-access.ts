import { isDeepStrictEqual } from 'node:util'
import type { EntityId } from '../../../src/cart/ids.ts'
import type { Exchange } from './check-state.ts'
import type { Caller } from './tokens.ts'

const PUBLIC = /^GET \/(products|health)/
/** Problem codes that only callers with access to the cart may receive. */
const TELLING = [
  'CART_NOT_ACTIVE',
  'CART_EMPTY',
  'PRECONDITION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
  'LINE_NOT_FOUND',
  'LINE_QUANTITY_LIMIT',
  'CART_LINES_LIMIT',
  'CART_UNITS_LIMIT',
  'CART_MERGES_LIMIT',
]

/** Throws if the caller has read or changed a cart of others. */
export function checkAccess(caller: Caller, exchange: Exchange): void {
  const { answer, operation } = exchange
  if (operation === undefined) return
  if (PUBLIC.test(operation)) {
    if (answer.status === 401) throw new Error('a token was asked for where none is needed')
  } else if (caller.role === 'nobody') {
    if (answer.status !== 401)
      throw new Error(`a request without a good token got ${answer.status}`)
    if (!String(answer.headers['www-authenticate']).startsWith('Bearer'))
      throw new Error('no challenge')
  } else {
    if (answer.status === 401) throw new Error('a good token was refused')
    if (caller.role === 'customer') checkCustomer(caller.customerId, exchange)
  }
}

function checkCustomer(customerId: EntityId, { answer, cartId, before, after }: Exchange): void {
  const owner = (id: string) => (after.get(id) ?? before.get(id))?.customerId
  const body = answer.body === '' ? {} : JSON.parse(answer.body)
  const shown = answer.status < 400 ? ownersIn(body, owner) : []
  if (shown.some((id) => id !== customerId)) throw new Error(`shown of ${shown.join()}`)

  const path = cartId?.toLowerCase() ?? ''
  const others = before.get(path) !== undefined && owner(path) !== customerId
  if (others && (answer.status < 400 || TELLING.includes(body.error)))
    throw new Error(`another’s cart got ${answer.status} ${body.error}`)

  const changed = [...before.keys()].filter(
    (id) => !isDeepStrictEqual(before.get(id), after.get(id)),
  )
  const mayJoin = (id: string) => after.get(id)?.status === 'merged' && isGuest(owner(id))
  const foreign = changed.filter((id) => owner(id) !== customerId && !mayJoin(id))
  if (foreign.length > 0) throw new Error(`changed another’s ${foreign.join()}`)
}

/** The customers whose carts, orders or ids are in a body, at any depth. */
function ownersIn(body: unknown, owner: (cartId: string) => EntityId | undefined): EntityId[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, value]) => {
    if (name === 'customer_id') return [value]
    if (name === 'shopping_cart_id' || name === 'order_id') return [owner(value) ?? 'nobody']
    return ownersIn(value, owner)
  })
}

function isGuest(customerId: EntityId | undefined): boolean {
  return typeof customerId === 'string' && customerId.startsWith('guest')
}
