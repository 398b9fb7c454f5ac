// A build for the tests of the pipeline script: a cart service that takes DELAY_MS for every response.
import { createServer } from 'node:http'

const [delay = 0, port = 0] = [process.env.DELAY_MS, process.env.PORT].map(Number)
const carts = new Map()
let last = 0

function answer(method, path, body) {
  if (path === '/health/ready') return [200, {}]
  if (method === 'POST' && path === '/shopping-carts') {
    const id = `cart-${++last}`
    carts.set(id, { customer_id: body.customer_id, units: new Map() })
    return [201, { shopping_cart_id: id }]
  }
  const id = path.split('/')[2]
  const cart = carts.get(id)
  if (cart === undefined) return [404, {}]
  if (method === 'POST') {
    const before = cart.units.get(body.product_id) ?? 0
    cart.units.set(body.product_id, before + body.quantity)
    return [204, null]
  }
  const items = [...cart.units].map(([product_id, quantity]) => ({ product_id, quantity }))
  return [200, { shopping_cart_id: id, customer_id: cart.customer_id, items }]
}

createServer((request, response) => {
  let text = ''
  request.on('data', (chunk) => {
    text += chunk
  })
  request.on('end', () => {
    const [status, body] = answer(request.method, request.url, text === '' ? {} : JSON.parse(text))
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === null ? undefined : JSON.stringify(body))
    }, delay)
  })
}).listen(port, '127.0.0.1')
