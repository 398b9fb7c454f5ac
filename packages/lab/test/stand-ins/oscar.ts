import { type Asked, fieldsOf, startStandIn } from './stand-in.ts'

interface Line {
  readonly id: number
  readonly product: string
  quantity: number
}

/** django-oscar-api 3.3.0, as recorded on 2026-11-30: a cookie for each basket, products and lines by link. */
export function startOscar() {
  const baskets: Line[][] = []
  let lineIds = 0

  const basketOf = (cookie = '') => {
    const signed = /oscar_open_basket=(\d+):signature/.exec(cookie)?.[1]
    return signed === undefined ? baskets.push([]) : Number(signed)
  }
  const lineView = (origin: string, basket: number, { id, product, quantity }: Line) => ({
    url: `${origin}/api/baskets/${basket}/lines/${id}/`,
    product,
    quantity,
    basket: `${origin}/api/baskets/${basket}/`,
  })

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: in the order of the recorded requests.
  return startStandIn(({ line, path: [, kind, id, , lineId], body, headers, origin }: Asked) => {
    if (line === 'GET /api/products/') {
      const products = [5, 4, 3, 2, 1].map((n) => ({ url: `${origin}/api/products/${n}/`, id: n }))
      return { status: 200, body: products }
    }
    const basket = basketOf(headers.cookie)
    const lines = baskets[basket - 1] ?? []
    const cookies = {
      'set-cookie': [
        `oscar_open_basket=${basket}:signature; HttpOnly; Max-Age=604800; Path=/`,
        `sessionid=session${basket}; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax`,
      ],
    }
    const view = {
      id: basket,
      status: 'Open',
      lines: `${origin}/api/baskets/${basket}/lines/`,
      url: `${origin}/api/baskets/${basket}/`,
    }
    if (line === 'GET /api/basket/') return { status: 200, body: view, headers: cookies }
    if (line === 'POST /api/basket/add-product/') {
      const { url, quantity } = fieldsOf(body)
      if (!/\/api\/products\/[1-5]\/$/.test(String(url))) {
        const reason = { url: ['Invalid hyperlink - Object does not exist.'] }
        return { status: 406, body: { reason } }
      }
      const found = lines.find(({ product }) => product === url)
      if (found === undefined)
        lines.push({ id: ++lineIds, product: String(url), quantity: Number(quantity) })
      else found.quantity += Number(quantity)
      return { status: 200, body: view, headers: cookies }
    }
    if (kind !== 'baskets' || Number(id) !== basket) return { status: 403, body: { detail: 'no' } }
    if (lineId === undefined || lineId === '')
      return { status: 200, body: lines.map((one) => lineView(origin, basket, one)) }
    const at = lines.findIndex((one) => String(one.id) === lineId)
    const changed = lines[at]
    if (changed === undefined) return { status: 404, body: { detail: 'Not found.' } }
    if (line.startsWith('DELETE')) {
      lines.splice(at, 1)
      return { status: 204, headers: cookies }
    }
    changed.quantity = Number(fieldsOf(body).quantity)
    return { status: 200, body: lineView(origin, basket, changed), headers: cookies }
  })
}
