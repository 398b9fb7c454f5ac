/**
 * A basket service in a style of its own: a cookie names the basket, answers are nested, an add is a PUT with status 202.
 * It reads a basket, changes it and writes it back, so concurrent adds are lost.
 *
 *   PORT=8083 node docs/examples/basket-shop.mjs
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

const ARTICLES = Array.from({ length: 20 }, (_, n) => ({
  sku: `SKU-${n + 1}`,
  title: `Article ${n + 1}`,
}))

/** A database: each access takes a round trip of a millisecond. */
const rows = new Map()
const database = {
  async read(token) {
    await sleep(1)
    return structuredClone(rows.get(token))
  },
  async write(token, basket) {
    await sleep(1)
    rows.set(token, basket)
  },
}

async function open() {
  const token = randomUUID()
  await database.write(token, { ref: `B-${rows.size + 1}`, entries: [] })
  return token
}

async function add(token, { sku, amount }) {
  const basket = await database.read(token)
  const entry = basket.entries.find(({ article }) => article.sku === sku)
  if (entry === undefined) basket.entries.push({ article: { sku }, amount })
  else entry.amount += amount
  await database.write(token, basket)
}

async function respond({ method, url, headers }, body) {
  const token = /(?:^|; )basket=([^;]+)/.exec(headers.cookie ?? '')?.[1]
  switch (`${method} ${url}`) {
    case 'GET /api/v2/articles':
      return { status: 200, data: { articles: ARTICLES } }
    case 'POST /api/v2/basket': {
      const opened = await open()
      return {
        status: 200,
        data: { basket: rows.get(opened) },
        cookie: `basket=${opened}; HttpOnly; Path=/`,
      }
    }
    case 'GET /api/v2/basket': {
      const basket = await database.read(token)
      return basket ? { status: 200, data: { basket } } : { status: 410, problem: 'NO_BASKET' }
    }
    case 'PUT /api/v2/basket/entries': {
      if (!rows.has(token)) return { status: 410, problem: 'NO_BASKET' }
      if (!ARTICLES.some(({ sku }) => sku === body.entry?.sku))
        return { status: 422, problem: 'NO_ARTICLE' }
      await add(token, body.entry)
      return { status: 202, data: {} }
    }
    default:
      return { status: 404, problem: 'NO_ROUTE' }
  }
}

const server = createServer(async (request, response) => {
  const sent = await text(request)
  const { status, data, problem, cookie } = await respond(request, sent && JSON.parse(sent))
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(cookie && { 'set-cookie': cookie }),
  })
  response.end(JSON.stringify(problem === undefined ? { data } : { problem: { code: problem } }))
})
server.listen(Number(process.env.PORT ?? 8083), '127.0.0.1', () =>
  console.log(`basket shop at http://127.0.0.1:${server.address().port}`),
)
