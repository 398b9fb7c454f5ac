import { type Answer, type Asked, fieldsOf, startStandIn } from './stand-in.ts'

/** Two Go services for one assignment, as recorded on 2026-11-30: ids of nanoseconds, and products that are posted first. */

const notFound = (what: string): Answer => ({
  status: 404,
  body: { error: 'NOT_FOUND', message: `${what} not found` },
})

/** Cart ids are 19 digits, as a JSON number; an add sets the quantity or adds to it. */
export function startNanosecondIds({ adds }: { readonly adds: 'set' | 'sum' }) {
  const carts = new Map<string, Map<number, number>>()
  let last = 1_796_011_922_347_941_035n
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in the order of the recorded requests.
  return startStandIn(({ line, path: [, id = '', part], body }: Asked) => {
    if (line === 'POST /shopping-carts') {
      const made = String(last++)
      carts.set(made, new Map())
      return { status: 201, body: `{"shopping_cart_id":${made},"customer_id":7,"items":null}` }
    }
    const cart = carts.get(id)
    if (cart === undefined) return notFound('Shopping cart')
    if (part === undefined) {
      const items = [...cart].map(([product_id, quantity]) => ({ product_id, quantity }))
      const shown = items.length === 0 ? 'null' : JSON.stringify(items)
      return { status: 200, body: `{"shopping_cart_id":${id},"customer_id":7,"items":${shown}}` }
    }
    if (part !== 'items') return notFound('Page')
    const { product_id, quantity } = fieldsOf(body)
    if (typeof product_id !== 'number' || product_id < 1)
      return { status: 400, body: { error: 'INVALID_INPUT', message: 'Invalid input data' } }
    cart.set(product_id, Number(quantity) + (adds === 'sum' ? (cart.get(product_id) ?? 0) : 0))
    return { status: 204 }
  })
}

/** Under /v1; a product has to be posted first; an empty cart has no items. */
export function startProductsFirst() {
  const carts: Map<number, number>[] = []
  const products = new Set<number>()
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in the order of the recorded requests.
  return startStandIn(({ line, path: [base, kind, id = '', part], body }: Asked) => {
    if (base !== 'v1') return notFound('Page')
    if (kind === 'products') {
      products.add(Number(id))
      return { status: 204 }
    }
    if (line === 'POST /v1/shopping-carts')
      return { status: 201, body: { shopping_cart_id: carts.push(new Map()) } }
    const cart = carts[Number(id) - 1]
    if (cart === undefined) return notFound('Cart')
    if (part === undefined) {
      const items = [...cart].map(([product_id, quantity]) => ({ product_id, quantity }))
      const shown = items.length === 0 ? {} : { items }
      return { status: 200, body: { cart_id: Number(id), customer_id: 7, ...shown } }
    }
    if (part === 'checkout') {
      carts[Number(id) - 1] = undefined as never
      return { status: 200, body: { order_id: 1000 } }
    }
    const { product_id, quantity } = fieldsOf(body)
    if (!products.has(Number(product_id))) return notFound('Product')
    cart.set(Number(product_id), (cart.get(Number(product_id)) ?? 0) + Number(quantity))
    return { status: 204 }
  })
}
