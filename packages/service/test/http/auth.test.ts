import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { loadConfig } from '../../src/config/config.ts'
import { type Authenticator, openAuthenticator } from '../../src/http/auth.ts'

const folder = useFolder()

const key = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const file = join(folder, 'jwks.json')
const jwks = { keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k1', alg: 'ES256' }] }
writeFileSync(file, JSON.stringify(jwks))

interface TokenOptions {
  readonly claims?: Record<string, unknown>
  readonly privateKey?: CryptoKey
  readonly expires?: string
  readonly issuer?: string
}

function token({
  claims = {},
  privateKey = key.privateKey,
  expires = '1h',
  issuer = 'shop',
}: TokenOptions): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(issuer)
    .setExpirationTime(expires)
    .sign(privateKey)
}

const bearer = async (options: TokenOptions) => ({
  authorization: `Bearer ${await token(options)}`,
})
const anna = await bearer({ claims: { sub: 'anna' } })
const seven = await bearer({ claims: { sub: '7' } })
const shop = await bearer({ claims: { sub: 'till', scope: 'other pushcart:service' } })

const REFUSED: [string, { authorization?: string }][] = [
  ['none', {}],
  ['garbage', { authorization: 'Bearer abc' }],
  ['another scheme', { authorization: 'Basic YTpi' }],
  ['an expired one', await bearer({ claims: { sub: 'anna' }, expires: '-1s' })],
  ['one of another issuer', await bearer({ claims: { sub: 'anna' }, issuer: 'mall' })],
  [
    'a token signed with another key',
    await bearer({ claims: { sub: 'anna' }, privateKey: stranger.privateKey }),
  ],
  ['one without a customer', await bearer({})],
  [
    'an unsigned token',
    { authorization: `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"anna"}')}.` },
  ],
]

describe('bearer tokens', () => {
  let authenticate: Authenticator | undefined
  beforeAll(async () => {
    authenticate = await openAuthenticator(
      loadConfig({ AUTH_JWKS_FILE: file, AUTH_ISSUER: 'shop' }),
    )
  })

  function service() {
    const { app, logs } = makeApp({ authenticate })
    const send = async (
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      url: string,
      headers: Record<string, string>,
      payload?: object,
    ) => {
      const answer = await app.inject({
        method,
        url,
        headers,
        ...(payload !== undefined && { payload }),
      })
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.body === '' ? {} : answer.json(),
      }
    }
    const newCart = async (
      headers: Record<string, string>,
      customerId: string | number,
    ): Promise<string> =>
      (await send('POST', '/shopping-carts', headers, { customer_id: customerId })).body
        .shopping_cart_id
    return { send, newCart, logs }
  }

  it.each(REFUSED)('%s is 401 with a challenge', async (_, headers) => {
    const { send, logs } = service()
    const answer = await send('GET', '/shopping-carts?customer_id=anna', { ...headers })
    expect([answer.status, answer.body.error]).toEqual([401, 'UNAUTHENTICATED'])
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    const sent = headers.authorization?.split(' ')[1]
    if (sent !== undefined) expect(JSON.stringify(logs)).not.toContain(sent)
  })

  it('a customer may access their own carts and orders', async () => {
    const { send, newCart } = service()
    const cartId = await newCart(seven, 7)
    const path = `/shopping-carts/${cartId}`
    expect(
      (await send('POST', `${path}/items`, seven, { product_id: 1, quantity: 1 })).status,
    ).toBe(204)
    expect((await send('GET', path, seven)).body.customer_id).toBe(7)
    expect((await send('GET', '/shopping-carts?customer_id=7', seven)).body.carts).toHaveLength(1)
    expect((await send('POST', `${path}/checkout`, seven)).status).toBe(200)
    expect((await send('GET', `/orders/${cartId}`, seven)).status).toBe(200)
    expect((await send('GET', '/orders?customer_id=7', seven)).body.orders).toHaveLength(1)
  })

  it('a customer cannot read or change carts of others', async () => {
    const { send, newCart } = service()
    const cartId = await newCart(seven, 7)
    await send('POST', `/shopping-carts/${cartId}/items`, seven, { product_id: 1, quantity: 1 })
    const path = `/shopping-carts/${cartId}`
    const line = { product_id: 1, quantity: 1 }
    const attempts = [
      await send('GET', path, anna),
      await send('POST', `${path}/items`, anna, line),
      await send('PUT', `${path}/items/1`, anna, { quantity: 1 }),
      await send('DELETE', `${path}/items/1`, anna),
      await send('DELETE', `${path}/items`, anna),
      await send('DELETE', path, anna),
      await send('POST', `${path}/checkout`, anna),
      await send('POST', `/shopping-carts/${await newCart(anna, 'anna')}/merge`, anna, {
        from_cart_id: cartId,
      }),
    ]
    for (const { status, body } of attempts)
      expect([status, body.error]).toEqual([404, 'CART_NOT_FOUND'])
    expect((await send('POST', '/shopping-carts', anna, { customer_id: 7 })).body.error).toBe(
      'FORBIDDEN',
    )
    expect((await send('GET', '/shopping-carts?customer_id=7', anna)).body.error).toBe('FORBIDDEN')
    expect((await send('GET', '/orders?customer_id=7', anna)).body.error).toBe('FORBIDDEN')
    expect((await send('GET', path, seven)).body.version).toBe(2)
    await send('POST', `${path}/checkout`, seven)
    expect((await send('GET', `/orders/${cartId}`, anna)).body.error).toBe('ORDER_NOT_FOUND')
  })

  it('a guest’s cart can be merged into a customer’s cart', async () => {
    const { send, newCart } = service()
    const guest = await bearer({ claims: { sub: 'guest-1' } })
    const from = await newCart(guest, 'guest-1')
    await send('POST', `/shopping-carts/${from}/items`, guest, { product_id: 1, quantity: 2 })
    const into = await newCart(anna, 'anna')
    const merged = await send('POST', `/shopping-carts/${into}/merge`, anna, { from_cart_id: from })
    expect([merged.status, merged.body.item_count]).toEqual([200, 2])
  })

  it('the service role may access all carts', async () => {
    const { send, newCart } = service()
    const cartId = await newCart(seven, 7)
    expect((await send('GET', `/shopping-carts/${cartId}`, shop)).status).toBe(200)
    expect((await send('GET', '/shopping-carts?customer_id=7', shop)).body.carts).toHaveLength(1)
    expect((await send('DELETE', `/shopping-carts/${cartId}`, shop)).status).toBe(204)
  })

  it('two customers with the same idempotency key get two carts', async () => {
    const { send } = service()
    const create = async (headers: Record<string, string>, customerId: string | number) =>
      (
        await send(
          'POST',
          '/shopping-carts',
          { ...headers, 'idempotency-key': 'k' },
          { customer_id: customerId },
        )
      ).body
    const [a, b] = [await create(anna, 'anna'), await create(seven, 7)]
    expect(a.shopping_cart_id).not.toBe(b.shopping_cart_id)
    expect(await create(anna, 'anna')).toEqual(a)
  })

  it('products, health and the API document require no token', async () => {
    const { send } = service()
    for (const url of [
      '/products/1',
      '/health',
      '/health/live',
      '/health/ready',
      '/openapi.json',
    ]) {
      expect((await send('GET', url, {})).status).toBe(200)
    }
  })
})

describe('the keys come from', () => {
  it('a JWK set at a URL', async () => {
    const server = createServer((_request, response) => response.end(JSON.stringify(jwks))).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const authenticate = await openAuthenticator(
      loadConfig({ AUTH_JWKS_URL: `http://127.0.0.1:${port}/keys` }),
    )
    expect(await authenticate?.(anna.authorization)).toEqual({
      role: 'customer',
      customerId: 'anna',
    })
    server.close()
  })

  it('nowhere, so that the service is open', async () => {
    expect(await openAuthenticator(loadConfig({}))).toBeUndefined()
  })

  it.each([
    [{ AUTH_JWKS_URL: 'nonsense' }, 'AUTH_JWKS_URL must be an http or https URL'],
    [{ AUTH_JWKS_FILE: join(folder, 'none.json') }, 'ENOENT'],
    [{ AUTH_JWKS_FILE: file, AUTH_JWKS_URL: 'http://x' }, 'must not both be set'],
  ])('%j stops the start', async (env, message) => {
    await expect(openAuthenticator(loadConfig(env))).rejects.toThrow(message)
  })
})

describe('the rate limit', () => {
  it('is off by default', async () => {
    const { get } = makeApp()
    for (let i = 0; i < 50; i++) expect((await get('/products/1')).statusCode).toBe(200)
  })

  it('responds with 429 and Retry-After, counted per caller', async () => {
    const { app, get } = makeApp({ env: { RATE_LIMIT_PER_MINUTE: '3' } })
    const from = async (remoteAddress: string) =>
      (await app.inject({ url: '/products/1', remoteAddress })).statusCode
    expect([await from('10.1.1.1'), await from('10.1.1.1'), await from('10.1.1.1')]).toEqual([
      200, 200, 200,
    ])
    const refused = await app.inject({ url: '/products/1', remoteAddress: '10.1.1.1' })
    expect([refused.statusCode, refused.json().error]).toEqual([429, 'RATE_LIMITED'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(await from('10.1.1.2')).toBe(200)
    expect((await get('/health/live')).statusCode).toBe(200)
  })

  it('trusts X-Forwarded-For only from TRUSTED_PROXIES proxies', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '1' }
    const twice = async (app: ReturnType<typeof makeApp>['app']) => {
      const ask = (address: string) =>
        app.inject({ url: '/products/1', headers: { 'x-forwarded-for': address } })
      await ask('10.0.0.1')
      return (await ask('10.0.0.2')).statusCode
    }
    expect(await twice(makeApp({ env }).app)).toBe(429)
    expect(await twice(makeApp({ env: { ...env, TRUSTED_PROXIES: '1' } }).app)).toBe(200)
  })
})
