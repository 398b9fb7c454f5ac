import { describe, expect, it } from 'vitest'
import { PushcartClient, type PushcartClientOptions } from '../src/index.ts'
import { rememberVersions } from '../src/versions.ts'

const CART = '01a20478-bb8c-7722-9e92-ae6ef3e903d7'

/** A client whose requests go nowhere but into `sent`; changes make version 7. */
function recordingClient(options: Partial<PushcartClientOptions> = {}) {
  const sent: { line: string; headers: Headers; body: unknown }[] = []
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    const { method = '', headers, body } = init
    sent.push({ line: `${method} ${url}`, headers: new Headers(headers), body: body ?? null })
    if (method === 'GET') return Response.json({ items: [] })
    const path = new URL(String(url)).pathname
    if (path.endsWith('/merge')) return Response.json({ version: 7 })
    if (path.endsWith('/checkout'))
      return Response.json({ order_id: CART }, { headers: { etag: '"7"' } })
    return new Response(null, { status: 204, headers: { etag: 'W/"7"' } })
  }
  const client = new PushcartClient({ baseUrl: 'http://carts.test', fetch, retries: 0, ...options })
  return {
    client,
    sent,
    lines: () => sent.map(({ line }) => line.replace('http://carts.test', '')),
  }
}

describe('requests', () => {
  it('go below the path of the base URL, ids percent-encoded', async () => {
    const { client, sent } = recordingClient({ baseUrl: new URL('https://shop.test/api/') })
    await client.getProduct('50% off/now?')
    await client.removeItem(CART, 'ä b')
    expect(sent.map(({ line }) => line)).toEqual([
      'GET https://shop.test/api/products/50%25%20off%2Fnow%3F',
      `DELETE https://shop.test/api/shopping-carts/${CART}/items/%C3%A4%20b`,
    ])
  })

  it('have quotes around strings of digits, which would be integers without them', async () => {
    const { client, lines } = recordingClient()
    for (const id of [42, '42', '0042', '110248495921238986420', '"42"'])
      await client.getProduct(id)
    await client.removeItem(CART, '42')
    await client.listCarts('42')
    await client.listOrders('42')
    expect(lines()).toEqual([
      'GET /products/42',
      'GET /products/%2242%22',
      'GET /products/0042',
      'GET /products/110248495921238986420',
      'GET /products/%22%2242%22%22',
      `DELETE /shopping-carts/${CART}/items/%2242%22`,
      'GET /shopping-carts?customer_id=%2242%22',
      'GET /orders?customer_id=%2242%22',
    ])
  })

  it('ask lists and searches for what was given and nothing else', async () => {
    const { client, lines } = recordingClient()
    await client.listCarts('a&b', { limit: 5, cursor: 'x=' })
    await client.listOrders(7)
    await client.searchProducts({ name: 'mug' }, { limit: 1 })
    await client.searchProducts()
    expect(lines()).toEqual([
      'GET /shopping-carts?customer_id=a%26b&limit=5&cursor=x%3D',
      'GET /orders?customer_id=7',
      'GET /products?name=mug&limit=1',
      'GET /products',
    ])
  })

  it('carry a JSON content type only with a body', async () => {
    const { client, sent } = recordingClient()
    await client.addItems(CART, [{ product_id: 1, quantity: 2 }])
    await client.checkout(CART)
    await client.emptyCart(CART)
    expect(sent.map(({ body, headers }) => [body, headers.get('content-type')])).toEqual([
      ['{"items":[{"product_id":1,"quantity":2}]}', 'application/json'],
      [null, null],
      [null, null],
    ])
  })

  it('carry the token, asked for anew every time where it is a function', async () => {
    let count = 0
    const { client, sent } = recordingClient({ token: async () => `t${++count}` })
    await client.health()
    await client.emptyCart(CART)
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer t1',
      'Bearer t2',
    ])
  })
})

describe('what cannot be sent', () => {
  it.each(['', '.', '..'])('id %j: it would address something else', async (id) => {
    const { client, sent } = recordingClient()
    await expect(client.removeItem(CART, id)).rejects.toThrow(TypeError)
    await expect(client.deleteCart(id)).rejects.toThrow(TypeError)
    expect(sent).toEqual([])
  })

  it('a token with a line break, which no message repeats', async () => {
    const { client, sent } = recordingClient({ token: 'secret\r\nx: y' })
    const error: unknown = await client.health().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toContain('secret')
    expect(sent).toEqual([])
  })

  it.each([
    { baseUrl: 'ftp://carts.test' },
    { baseUrl: 'carts.test' },
    { timeoutMs: 0 },
    { timeoutMs: 2 ** 31 },
    { retries: 1.5 },
    { retries: -1 },
  ])('anything by a client made with %j', (options) => {
    expect(() => recordingClient(options)).toThrow(TypeError)
  })

  it('a condition on half a version', async () => {
    const { client } = recordingClient()
    await expect(client.emptyCart(CART, { ifMatch: 1.5 })).rejects.toThrow(TypeError)
  })
})

describe('reading one’s own writes', () => {
  it('asks for the version of the last change, of that cart only', async () => {
    const { client, lines } = recordingClient()
    await client.getCart(CART)
    await client.addItem(CART, 1, 1)
    await client.getCart(CART.toUpperCase())
    await client.getCart('another')
    expect(lines()).toEqual([
      `GET /shopping-carts/${CART}`,
      `POST /shopping-carts/${CART}/items`,
      `GET /shopping-carts/${CART.toUpperCase()}?min_version=7`,
      'GET /shopping-carts/another',
    ])
  })

  it('asks for a strong read of a cart that was merged away, whose version it was not told', async () => {
    const { client, lines } = recordingClient()
    await client.merge(CART, { from_cart_id: 'guest', strategy: 'max' })
    await client.getCart(CART)
    await client.getCart('guest')
    expect(lines().slice(1)).toEqual([
      `GET /shopping-carts/${CART}?min_version=7`,
      'GET /shopping-carts/guest?consistency=strong',
    ])
  })

  it('gives way to what the caller asks for, and can be switched off', async () => {
    const { client, lines } = recordingClient()
    await client.checkout(CART)
    await client.getCart(CART, { consistency: 'strong' })
    await client.getCart(CART, { consistency: 'eventual' })
    await client.getCart(CART, { minVersion: 3 })
    expect(lines().slice(1)).toEqual([
      `GET /shopping-carts/${CART}?consistency=strong`,
      `GET /shopping-carts/${CART}?consistency=eventual&min_version=7`,
      `GET /shopping-carts/${CART}?min_version=3`,
    ])
    const other = recordingClient({ readYourWrites: false })
    await other.client.checkout(CART)
    await other.client.getCart(CART)
    expect(other.lines().at(-1)).toBe(`GET /shopping-carts/${CART}`)
  })

  it('keeps the newest version when answers overtake each other, and forgets the oldest cart', () => {
    const known = rememberVersions(2)
    known.remember('a', 5)
    known.remember('a', 4)
    expect(known.of('A')).toBe(5)
    known.remember('b', 1)
    known.remember('a', 6)
    known.remember('c', 1)
    expect(['a', 'b', 'c'].map(known.of)).toEqual([6, undefined, 1])
  })
})
