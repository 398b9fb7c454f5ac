import { setImmediate as turn } from 'node:timers/promises'
import { type Asked, fieldsOf, startStandIn } from './stand-in.ts'

interface Line {
  readonly itemId: string
  readonly quantity: number
  readonly unitPrice: number
}

/**
 * The cart of the AWS retail-store sample 1.6.2 in memory, as recorded on 2026-11-30: the cart is the customer's, and
 * every add is a line.
 *
 * @param loses whether an add reads the cart, waits, and writes it back
 * @param firstAdd the quantity of a first add: `one` is what the sample stores in DynamoDB
 */
export function startRetailStore({
  loses = false,
  firstAdd = 'whole',
}: {
  readonly loses?: boolean
  readonly firstAdd?: 'whole' | 'one'
} = {}) {
  const carts = new Map<string, readonly Line[]>()
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in the order of the recorded requests.
  return startStandIn(async ({ line, path: [root, customer = '', part, item], body }: Asked) => {
    if (root !== 'carts') return { status: 404 }
    const lines = carts.get(customer) ?? []
    const [method] = line.split(' ')
    if (method === 'GET')
      return {
        status: 200,
        body: part === undefined ? { customerId: customer, items: lines } : lines,
      }
    if (method === 'DELETE') {
      carts.set(customer, part === undefined ? [] : lines.filter(({ itemId }) => itemId !== item))
      return { status: 202, ...(part === undefined && { body: { customerId: null, items: [] } }) }
    }
    const given = fieldsOf(body) as unknown as Line
    if (method === 'PATCH') {
      carts.set(customer, [...lines.filter(({ itemId }) => itemId !== given.itemId), given])
      return { status: 202 }
    }
    if (loses) await turn()
    const isFirst = lines.every(({ itemId }) => itemId !== given.itemId)
    const stored = isFirst && firstAdd === 'one' ? { ...given, quantity: 1 } : given
    carts.set(customer, [...(loses ? lines : (carts.get(customer) ?? [])), stored])
    return { status: 201, body: given }
  })
}
