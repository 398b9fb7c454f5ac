import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openAuthenticator } from '../../src/http/tokens/authenticator.ts'
import { createMetrics } from '../../src/observe/metrics.ts'

const folder = useFolder()

const key = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const extractable = await generateKeyPair('ES256', { extractable: true })
const file = join(folder, 'jwks.json')
const jwks = { keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k1', alg: 'ES256' }] }
writeFileSync(file, JSON.stringify(jwks))

interface TokenOptions {
  readonly claims?: Record<string, unknown>
  readonly header?: { readonly kid?: string }
  readonly privateKey?: CryptoKey
  readonly expires?: string
  readonly issuer?: string
}

function token({
  claims = {},
  header = { kid: 'k1' },
  privateKey = key.privateKey,
  expires = '1h',
  issuer = 'shop',
}: TokenOptions): Promise<string> {
  return new SignJWT({ aud: 'carts', ...claims })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .setIssuer(issuer)
    .setExpirationTime(expires)
    .sign(privateKey)
}

const bearer = async (options: TokenOptions) => ({
  authorization: `Bearer ${await token(options)}`,
})
const anna = await bearer({ claims: { sub: 'anna' } })
const seven = await bearer({ claims: { sub: 7 } })
const shop = await bearer({ claims: { sub: 'till', scope: 'other pushcart:service' } })

/** A token that is no JWT. No random id has a tilde, so a log that contains it contains the token. */
const GARBAGE = '~garbage~'

/** Each refused request with the check that fails, which the log and the metric name. */
const REFUSED: [string, { authorization?: string }, string][] = [
  ['none', {}, 'missing'],
  ['another scheme', { authorization: 'Basic YTpi' }, 'missing'],
  ['no token after the scheme', { authorization: 'Bearer' }, 'malformed'],
  ['garbage', { authorization: `Bearer ${GARBAGE}` }, 'malformed'],
  ['an expired one', await bearer({ claims: { sub: 'anna' }, expires: '-10s' }), 'exp'],
  [
    'one that is not valid yet',
    await bearer({ claims: { sub: 'anna', nbf: Date.now() / 1000 + 60 } }),
    'nbf',
  ],
  ['one of another issuer', await bearer({ claims: { sub: 'anna' }, issuer: 'mall' }), 'iss'],
  ['one for another service', await bearer({ claims: { sub: 'anna', aud: 'mall' } }), 'aud'],
  [
    'one for several other services',
    await bearer({ claims: { sub: 'anna', aud: ['mall', 'till'] } }),
    'aud',
  ],
  ['one for nobody', await bearer({ claims: { sub: 'anna', aud: undefined } }), 'aud'],
  [
    'one of another client',
    await bearer({ claims: { sub: 'anna', aud: undefined, client_id: 'mall' } }),
    'aud',
  ],
  [
    'one of our client for another service',
    await bearer({ claims: { sub: 'anna', aud: 'mall', client_id: 'web' } }),
    'aud',
  ],
  [
    'a token signed with another key',
    await bearer({ claims: { sub: 'anna' }, privateKey: stranger.privateKey }),
    'signature',
  ],
  [
    'a token of an unknown key',
    await bearer({ claims: { sub: 'anna' }, header: { kid: 'k2' } }),
    'kid',
  ],
  ['one without a customer', await bearer({}), 'customer'],
  [
    'an unsigned token',
    { authorization: `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"sub":"anna"}')}.` },
    'alg',
  ],
]

const open = (env: Record<string, string>) => {
  const { authEvents: events } = createMetrics()
  return openAuthenticator(loadConfig(env), { logger: pino({ enabled: false }), events })
}

const metrics = createMetrics()
const authenticate = await openAuthenticator(
  loadConfig({
    AUTH_JWKS_FILE: file,
    AUTH_ISSUER: 'shop',
    AUTH_AUDIENCE: 'carts',
    AUTH_CLIENT_IDS: 'app, web',
  }),
  { logger: pino({ enabled: false }), events: metrics.authEvents },
)

describe('bearer tokens', () => {
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

  it.each(REFUSED)('%s is 401 with a challenge', async (_, headers, reason) => {
    const { send, logs } = service()
    const counted = async () => {
      const metric = metrics.registry.getSingleMetric('pushcart_auth_refusals_total')
      const { values = [] } = (await metric?.get()) ?? {}
      return values.find(({ labels }) => labels.reason === reason)?.value ?? 0
    }
    const before = await counted()
    const answer = await send('GET', '/shopping-carts?customer_id=anna', { ...headers })
    expect([answer.status, answer.body.error]).toEqual([401, 'UNAUTHENTICATED'])
    expect(answer.headers['www-authenticate']).toMatch(
      // RFC 6750: no error code for a request without a token.
      reason === 'missing'
        ? /^Bearer$/
        : /^Bearer error="invalid_token", error_description="[\w ,]+"$/,
    )
    expect(logs).toContainEqual(expect.objectContaining({ msg: 'token refused', reason }))
    expect(await counted()).toBe(before + 1)
    const sent = headers.authorization?.split(' ')[1]
    if (sent !== undefined) expect(JSON.stringify(logs)).not.toContain(sent)
  })

  it.each([
    ['of a clock that is 3 s ahead', { expires: '-3s' }],
    ['without a key id', { header: {} }],
    ['for this service among others', { claims: { sub: 'anna', aud: ['mall', 'carts'] } }],
    [
      'of a Cognito client, without an audience',
      { claims: { sub: 'anna', aud: undefined, client_id: 'web' } },
    ],
  ])('a token %s is accepted', async (_, options) => {
    const { authorization } = await bearer({ claims: { sub: 'anna' }, ...options })
    expect(await authenticate?.(authorization)).toEqual({ role: 'customer', customerId: 'anna' })
  })

  it.each([
    ['scope as text', { scope: 'other pushcart:service' }],
    ['scope as a list', { scope: ['other', 'pushcart:service'] }],
    ['scp as text', { scp: 'pushcart:service' }],
    ['scp as a list', { scp: ['pushcart:service'] }],
    ['permissions', { permissions: ['read', 'pushcart:service'] }],
  ])('%s can give the service role', async (_, claims) => {
    const { authorization } = await bearer({ claims: { sub: 'till', ...claims } })
    expect(await authenticate?.(authorization)).toEqual({ role: 'service' })
  })

  it.each([
    ['a longer scope', { scope: 'pushcart:service2' }],
    ['text in place of a list', { permissions: { 0: 'pushcart:service' } }],
    ['another claim', { roles: ['pushcart:service'] }],
  ])('%s does not give the service role', async (_, claims) => {
    const { authorization } = await bearer({ claims: { sub: 'till', ...claims } })
    expect(await authenticate?.(authorization)).toMatchObject({ role: 'customer' })
  })

  it('any of several keys verifies a token without a key id', async () => {
    const two = join(folder, 'two.json')
    const other = { ...(await exportJWK(stranger.publicKey)), kid: 'k0', alg: 'ES256' }
    writeFileSync(two, JSON.stringify({ keys: [other, ...jwks.keys] }))
    const either = await open({ AUTH_JWKS_FILE: two })
    for (const { privateKey } of [key, stranger]) {
      const { authorization } = await bearer({ claims: { sub: 'anna' }, header: {}, privateKey })
      expect(await either?.(authorization)).toMatchObject({ customerId: 'anna' })
    }
    const { privateKey } = await generateKeyPair('ES256')
    const { authorization } = await bearer({ claims: { sub: 'anna' }, header: {}, privateKey })
    await expect(either?.(authorization)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      cause: { reason: 'signature' },
    })
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
    const list = await send('GET', '/shopping-carts?customer_id=7', anna)
    expect([list.status, list.body.error]).toEqual([403, 'FORBIDDEN'])
    expect(list.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"')
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

describe('the service without a usable key set', async () => {
  it('is open', async () => {
    expect(await open({})).toBeUndefined()
  })

  const usable = jwks.keys[0]
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  it.each([
    ['no file', undefined, 'ENOENT'],
    ['no JSON', '<html>', 'not valid JSON'],
    ['no keys', { keys: [] }, 'none of its 0 keys can verify signatures'],
    ['another document', { jwks_uri: 'https://x/keys' }, 'its JWK set is at https://x/keys'],
    ['another shape', [usable], 'it is not a JWK set'],
    ['a key for encryption', { keys: [{ ...usable, use: 'enc' }] }, 'none of its 1 keys'],
    ['a key for signing only', { keys: [{ ...usable, key_ops: ['sign'] }] }, 'none of its 1 keys'],
    ['a secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }, 'none of its 1 keys'],
    ['a private key', { keys: [await exportJWK(extractable.privateKey)] }, 'none of its 1 keys'],
    ['a short key', { keys: [short.export({ format: 'jwk' })] }, 'none of its 1 keys'],
    ['no object', { keys: ['key', null] }, 'none of its 2 keys'],
  ])('does not start with %s', async (name, content, message) => {
    const path = join(folder, `${name}.json`)
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    if (content !== undefined) writeFileSync(path, text)
    const starting = open({ AUTH_JWKS_FILE: path })
    await expect(starting).rejects.toMatchObject({ name: 'ConfigError' })
    await expect(starting).rejects.toThrow(message)
  })
})

describe('a customer whose id is a string of digits', () => {
  const GOOGLE_SUB = '110248495921238986420'
  const logs: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => logs.push(JSON.parse(line)) })
  /** The app with the setting AUTH_NUMERIC_CUSTOMER. */
  async function appWith(numeric?: string) {
    logs.length = 0
    const config = loadConfig({
      AUTH_JWKS_FILE: file,
      ...(numeric !== undefined && { AUTH_NUMERIC_CUSTOMER: numeric }),
    })
    const events = metrics.authEvents
    const authenticate = await openAuthenticator(config, { logger, events })
    const { app } = makeApp({ authenticate })
    return async (sub: unknown, url: string, customer_id?: unknown) => {
      const headers = await bearer({ claims: { sub } })
      const answer = await app.inject(
        customer_id === undefined
          ? { url, headers }
          : { method: 'POST', url, headers, payload: { customer_id } },
      )
      return { status: answer.statusCode, body: answer.json() }
    }
  }
  const warnings = () => logs.filter(({ level }) => level === 40)

  it.each([
    ['42', '/shopping-carts?customer_id=42'],
    ['42', '/shopping-carts?customer_id=%2242%22'],
    ['0042', '/shopping-carts?customer_id=0042'],
    [GOOGLE_SUB, `/shopping-carts?customer_id=${GOOGLE_SUB}`],
    [42, '/shopping-carts?customer_id=42'],
  ])('signs in as %j and sees their own carts at %s', async (sub, list) => {
    const send = await appWith()
    const { status, body } = await send(sub, '/shopping-carts', sub)
    expect(status).toBe(201)
    const cart = await send(sub, `/shopping-carts/${body.shopping_cart_id}`)
    expect(cart.body.customer_id).toBe(sub)
    expect((await send(sub, list)).body.carts).toEqual([cart.body])
    for (const other of ['42', '0042', 42, '042', GOOGLE_SUB].filter((id) => id !== sub)) {
      expect((await send(other, `/shopping-carts/${body.shopping_cart_id}`)).status).toBe(404)
      expect((await send(other, '/shopping-carts', sub)).status).toBe(403)
    }
  })

  it('is another customer than the integer, and the response says so', async () => {
    const send = await appWith()
    expect(await send('42', '/shopping-carts', 42)).toMatchObject({
      status: 403,
      body: {
        detail:
          'The token is for the customer "42", not for 42: a string and an integer are different ids.',
      },
    })
    expect((await send('42', '/shopping-carts', 43)).body.detail).toBe(
      'The token does not allow this',
    )
    expect((await send(42, '/orders?customer_id=%2242%22')).status).toBe(403)
  })

  it('is the integer where AUTH_NUMERIC_CUSTOMER says so', async () => {
    const send = await appWith('integer')
    const { body } = await send('42', '/shopping-carts', 42)
    expect((await send('42', `/shopping-carts/${body.shopping_cart_id}`)).body.customer_id).toBe(42)
    expect((await send('42', '/shopping-carts?customer_id=42')).body.carts).toHaveLength(1)
    expect((await send('42', '/shopping-carts', '42')).status).toBe(403)
    for (const sub of ['0042', GOOGLE_SUB, 'anna'])
      expect((await send(sub, '/shopping-carts', sub)).status).toBe(201)
    expect(warnings()).toEqual([])
  })

  it('is reported once in the log if the setting is missing', async () => {
    const send = await appWith()
    await send('anna', '/orders?customer_id=anna')
    await send(GOOGLE_SUB, `/orders?customer_id=${GOOGLE_SUB}`)
    expect(warnings()).toEqual([])
    for (const sub of ['42', '42', '43']) await send(sub, `/orders?customer_id=${sub}`)
    expect(warnings()).toMatchObject([{ msg: expect.stringContaining('AUTH_NUMERIC_CUSTOMER') }])
    const told = await appWith('string')
    await told('42', '/orders?customer_id=42')
    expect(warnings()).toEqual([])
  })
})

describe('the rate limit', () => {
  it('is by default one of customers with a token, and not of addresses', async () => {
    const limitFor = async (
      { app }: ReturnType<typeof makeApp>,
      url: string,
      headers: Record<string, string> = {},
    ) => (await app.inject({ url, headers })).headers['x-ratelimit-limit']
    const open = makeApp()
    const secured = makeApp({ authenticate })
    const unlimited = makeApp({ authenticate, env: { RATE_LIMIT_PER_MINUTE: '0' } })
    const orders = (customer: string) => `/orders?customer_id=${customer}`
    expect(await limitFor(open, orders('anna'))).toBeUndefined()
    expect(await limitFor(secured, orders('anna'), anna)).toBe('6000')
    expect(await limitFor(secured, orders('anna'), shop)).toBeUndefined()
    expect(await limitFor(secured, '/products/1')).toBeUndefined()
    expect(await limitFor(unlimited, orders('anna'), anna)).toBeUndefined()
  })

  it.each([
    ['by default', {}, []],
    ['of all callers', { RATE_LIMIT_PER_MINUTE: '10' }, ['/products', '/products/{product_id}']],
  ])('%s is documented on the products that it applies to', async (_which, env, expected) => {
    const { app } = makeApp({ authenticate, env })
    const { paths } = (await app.inject('/openapi.json')).json()
    const isLimited = (path: string) =>
      'X-RateLimit-Limit' in paths[path].get.responses[200].headers
    expect(isLimited('/orders')).toBe(true)
    expect(['/products', '/products/{product_id}'].filter(isLimited)).toEqual(expected)
  })

  it('of customers is counted for each', async () => {
    const { app } = makeApp({ authenticate, env: { RATE_LIMIT_PER_MINUTE: '1' } })
    const ask = async (headers: Record<string, string>) =>
      (await app.inject({ url: '/products', headers })).statusCode
    const orders = async (customer: string, headers: Record<string, string>) =>
      (await app.inject({ url: `/orders?customer_id=${customer}`, headers })).statusCode
    expect([await orders('anna', anna), await orders('anna', anna)]).toEqual([200, 429])
    expect([await orders('7', seven), await ask({})]).toEqual([200, 200])
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
