import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A cart service with a deliberate fault, for docs/tutorial.md: concurrent adds to one product are lost.
 * It needs Node alone: `PORT=8081 node docs/examples/lossy-cart.mjs`.
 */

const carts = new Map() // By id; each is a map from product to quantity.

/** Stands in for a database: every call takes a round trip of 2 ms and is atomic by itself. */
async function query(statement) {
  await delay(2)
  return statement()
}

const database = {
  create: (id) => query(() => carts.set(id, new Map())),
  read: (id) => query(() => new Map(carts.get(id))),
  set: (id, product, quantity) => query(() => carts.get(id).set(product, quantity)),
  increase: (id, product, quantity) =>
    query(() => carts.get(id).set(product, (carts.get(id).get(product) ?? 0) + quantity)),
}

async function add(id, product, quantity) {
  // The fault: an add that is written between this read and this write is overwritten.
  await database.set(id, product, ((await database.read(id)).get(product) ?? 0) + quantity)
}

async function respond(request) {
  const { pathname } = new URL(request.url, 'http://localhost')
  const [, , id, ...rest] = pathname.split('/')
  const route = `${request.method} ${rest.join('/')}`
  if (route === 'POST ' && id === undefined) {
    const created = randomUUID()
    await database.create(created)
    return [201, { shopping_cart_id: created }]
  }
  if (!carts.has(id)) return [404, { error: 'CART_NOT_FOUND' }]
  if (route === 'GET ') {
    const lines = [...(await database.read(id))]
    return [200, { items: lines.map(([product_id, quantity]) => ({ product_id, quantity })) }]
  }
  if (route !== 'POST items') return [405, { error: 'NOT_SUPPORTED' }]
  const { product_id, quantity } = await json(request)
  if (!(quantity > 0)) return [400, { error: 'VALIDATION_FAILED' }]
  await add(id, product_id, quantity)
  return [204]
}

const server = createServer(async (request, response) => {
  const [status, body] = await respond(request)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(Number(process.env.PORT ?? 8081), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})
