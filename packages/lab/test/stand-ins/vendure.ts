import { type Answer, type Asked, fieldsOf, startStandIn } from './stand-in.ts'

interface Line {
  readonly id: string
  readonly variant: string
  quantity: number
}

/**
 * The shop API of Vendure 3 as its reference documents it: GraphQL, a session token in the response header
 * `vendure-auth-token`, errors with status 200.
 */
export function startVendure() {
  const orders = new Map<string, Line[]>()
  let ids = 0

  function sessionOf(authorization = ''): string {
    const token = authorization.replace(/^Bearer /, '')
    return orders.has(token) ? token : ''
  }
  function opened(): string {
    const token = `token-of-session-${++ids}`
    orders.set(token, [])
    return token
  }

  return startStandIn(({ line, body, headers }: Asked): Answer => {
    if (line !== 'POST /shop-api') return { status: 404 }
    const { query = '', variables = {} } = fieldsOf(body)
    const text = String(query)
    if (text.includes('products(')) {
      const items = [1, 4].map((from) => ({
        variants: [from, from + 1, from + 2].map((id) => ({ id: String(id) })),
      }))
      return { status: 200, body: { data: { products: { items } } } }
    }
    const known = sessionOf(headers.authorization)
    const token = known === '' ? opened() : known
    const sent = known === '' ? { headers: { 'vendure-auth-token': token } } : {}
    const data = execute(text, fieldsOf(variables), orders.get(token) ?? [], () => String(++ids))
    return { status: 200, body: data, ...sent }
  })
}

function execute(
  query: string,
  { product, line, quantity }: Readonly<Record<string, unknown>>,
  lines: Line[],
  newId: () => string,
): object {
  if (query.includes('activeOrder')) {
    const shown = lines.map(({ id, variant, quantity: units }) => ({
      id,
      quantity: units,
      productVariant: { id: variant },
    }))
    return { data: { activeOrder: lines.length === 0 ? null : { id: '1', lines: shown } } }
  }
  if (query.includes('addItemToOrder')) {
    if (!['1', '2', '3', '4', '5', '6'].includes(String(product)))
      return {
        errors: [{ message: 'No ProductVariant', extensions: { code: 'ENTITY_NOT_FOUND' } }],
        data: null,
      }
    const found = lines.find(({ variant }) => variant === product)
    if (found === undefined)
      lines.push({ id: newId(), variant: String(product), quantity: Number(quantity) })
    else found.quantity += Number(quantity)
    return { data: { addItemToOrder: { id: '1' } } }
  }
  const at = lines.findIndex(({ id }) => id === line)
  const changed = lines[at]
  const operation = query.includes('adjustOrderLine') ? 'adjustOrderLine' : 'removeOrderLine'
  if (changed === undefined)
    return {
      errors: [{ message: 'no line', extensions: { code: 'ENTITY_NOT_FOUND' } }],
      data: null,
    }
  if (operation === 'removeOrderLine') lines.splice(at, 1)
  else changed.quantity = Number(quantity)
  return { data: { [operation]: { id: '1' } } }
}
