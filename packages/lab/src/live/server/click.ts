import { productsOf } from '../../cart-api/access.ts'
import type { Values } from '../../cart-api/api.ts'
import type { CartClient, OperationResponse } from '../../cart-api/cart-client.ts'
import { tagsOf } from '../../cart-api/entity-tag.ts'
import type { Click, ClickResult, StoredCart } from '../protocol.ts'
import type { LiveSide } from '../sides/side.ts'

/** Pause before the statements of a click are read: the last response passes the proxy after the service has responded. */
const SETTLE_MS = 5

/** Sends a click to one side, and looks at what happened underneath. */
export async function clickSide(
  side: LiveSide,
  client: CartClient,
  click: Click,
): Promise<ClickResult> {
  const { key } = side.info
  const cart = click.carts?.[key]
  const take = side.own?.log.open()
  const ids = productsOf(side.access)
  const product = click.product === undefined ? undefined : ids[click.product - 1]
  const response = await client.ask(click.action, { ...valuesOf(click, key), product })
  const found = cart ?? response.cart
  await new Promise((done) => setTimeout(done, SETTLE_MS))
  const statements = take?.(found ?? click.customer ?? '') ?? []
  const [stored, lines] = await Promise.all([
    storedOf(side, found),
    click.action === 'get' ? linesIn(client, response) : linesOf(client, found),
  ])
  const places = new Map(ids.map((id, at) => [String(id), String(at + 1)]))
  return {
    ...resultOf(client, response, found),
    statements,
    stored,
    lines: lines?.map(([id, quantity]) => [places.get(id) ?? id, quantity] as const) ?? null,
  }
}

/** The lines after a change, from a separate read: the response to a change may have none. */
async function linesOf(client: CartClient, cart: string | undefined) {
  if (cart === undefined) return null
  const read = await client.ask('get', { cart, consistency: 'strong' })
  return linesIn(client, read)
}

function linesIn({ api }: CartClient, response: OperationResponse) {
  return (response.status < 400 && api.read.units(response.body)) || null
}

function valuesOf(click: Click, side: string): Values {
  const { action, customer, quantity, key, if_version, consistency } = click
  return {
    cart: click.carts?.[side],
    from: click.from?.[side],
    strategy: action === 'merge' ? 'sum' : undefined,
    customer,
    quantity,
    idempotencyKey: key,
    ifMatch: if_version === undefined ? undefined : tagsOf([if_version]),
    ...(action === 'get' && { consistency: consistency ?? 'strong' }),
  }
}

function resultOf(
  { api }: CartClient,
  response: OperationResponse,
  cart: string | undefined,
): Omit<ClickResult, 'statements' | 'stored' | 'lines'> {
  const { status, error, ms, body } = response
  return {
    status,
    error: error ?? (status >= 400 ? (api.read.errorCode(body) ?? null) : null),
    ms,
    version: status < 400 ? (api.read.version(response) ?? null) : null,
    cart: cart ?? null,
    body: body ?? null,
  }
}

/** `null` where the database cannot be asked, for example because it was killed. */
async function storedOf({ own }: LiveSide, cart: string | undefined): Promise<StoredCart | null> {
  if (own === undefined || cart === undefined) return null
  return own.stored(cart).catch(() => null)
}
