import { type Asked, fieldsOf, startStandIn } from './stand-in.ts'

interface Line {
  readonly id: string
  readonly variant_id: string
  quantity: number
}

/** The store API of Medusa 2 as its reference documents it: a publishable key, regions, carts with line items. */
export function startMedusa({ key }: { readonly key: string }) {
  const carts = new Map<string, Line[]>()
  let ids = 0
  const variants = Array.from({ length: 9 }, (_, index) => `variant_0${index + 1}`)
  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in the order of the recorded requests.
  return startStandIn(({ line, path: [, , id = '', , lineId], body, headers }: Asked) => {
    if (headers['x-publishable-api-key'] !== key) {
      const message = 'Publishable API key required in the request header: x-publishable-api-key.'
      return { status: 400, body: { type: 'not_allowed', message } }
    }
    if (line === 'GET /store/regions')
      return { status: 200, body: { regions: [{ id: 'reg_01', currency_code: 'eur' }], count: 1 } }
    if (line === 'GET /store/products') {
      const products = [0, 3, 6].map((from) => ({
        id: `prod_${from}`,
        variants: variants.slice(from, from + 3).map((variant) => ({ id: variant })),
      }))
      return { status: 200, body: { products, count: 3 } }
    }
    if (line === 'POST /store/carts') {
      if (fieldsOf(body).region_id !== 'reg_01')
        return { status: 404, body: { type: 'not_found', message: 'No regions found' } }
      const made = `cart_${++ids}`
      carts.set(made, [])
      return { status: 200, body: { cart: { id: made, items: [] } } }
    }
    const items = carts.get(id)
    if (items === undefined)
      return { status: 404, body: { type: 'not_found', message: `Cart id not found: ${id}` } }
    const shown = { status: 200, body: { cart: { id, items } } }
    const { variant_id, quantity } = fieldsOf(body)
    if (line.endsWith('/line-items')) {
      if (!variants.includes(String(variant_id)))
        return { status: 400, body: { type: 'invalid_data', message: 'Variants do not exist' } }
      const found = items.find((item) => item.variant_id === variant_id)
      if (found === undefined)
        items.push({
          id: `cali_${++ids}`,
          variant_id: String(variant_id),
          quantity: Number(quantity),
        })
      else found.quantity += Number(quantity)
      return shown
    }
    if (lineId === undefined) return shown
    const at = items.findIndex((item) => item.id === lineId)
    const item = items[at]
    if (item === undefined)
      return { status: 404, body: { type: 'not_found', message: 'Line item not found' } }
    if (line.startsWith('DELETE')) {
      items.splice(at, 1)
      return { status: 200, body: { id: lineId, object: 'line-item', deleted: true } }
    }
    item.quantity = Number(quantity)
    return shown
  })
}
