import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openAuthenticator } from '../../src/http/tokens/authenticator.ts'
import { createMetrics } from '../../src/observe/metrics.ts'

// An identity provider whose answers each test chooses, and a clock that each test moves.

const MINUTE = 60_000
const HOUR = 60 * MINUTE

type Answer = (response: ServerResponse) => void

const pairs = { k1: await generateKeyPair('ES256'), k2: await generateKeyPair('ES256') }
type Kid = keyof typeof pairs

const keySet = async (...kids: Kid[]) =>
  JSON.stringify({
    keys: await Promise.all(
      kids.map(async (kid) => ({ ...(await exportJWK(pairs[kid].publicKey)), kid })),
    ),
  })
const serving = async (...kids: Kid[]): Promise<Answer> => {
  const text = await keySet(...kids)
  return (response) => response.end(text)
}
const token = async (kid: Kid, header: { kid: string } = { kid }) => {
  const jwt = new SignJWT({ sub: 'anna' }).setProtectedHeader({ alg: 'ES256', ...header })
  return `Bearer ${await jwt.setExpirationTime('1h').sign(pairs[kid].privateKey)}`
}

const FAILURES: [string, Answer][] = [
  ['a 500', (response) => response.writeHead(500).end()],
  ['an HTML page', (response) => response.end('<html>Sorry</html>')],
  ['a redirect', (response) => response.writeHead(302, { location: '/login' }).end()],
  ['a closed connection', (response) => response.destroy()],
  ['keys without one for signatures', (response) => response.end('{"keys":[]}')],
]
const failing: Answer = (response) => response.writeHead(503).end()

let answer: Answer
let fetches: number
const server = createServer((_request, response) => {
  fetches += 1
  answer(response)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as { port: number }
const url = `http://127.0.0.1:${port}/keys`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(async () => {
  fetches = 0
  answer = await serving('k1')
})

/** A service that has just started. */
async function start(at = url) {
  const clock = { now: 0 }
  const logs: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => logs.push(JSON.parse(line)) })
  const metrics = createMetrics()
  const config = loadConfig({ AUTH_JWKS_URL: at })
  const events = metrics.authEvents
  const authenticate = await openAuthenticator(config, { logger, events, now: () => clock.now })
  if (authenticate === undefined) throw new Error('the service is open')
  const outcome = async (authorization: string) => {
    const result = await authenticate(authorization).catch((error) => error.code)
    return typeof result === 'string' ? result : result.role
  }
  const failedFetches = async () => {
    const text = await metrics.registry.metrics()
    return Number(/^pushcart_auth_key_fetches_total\{outcome="failed"\} (\d+)$/m.exec(text)?.[1])
  }
  const errors = () => logs.filter(({ level }) => level === 50)
  return { authenticate, outcome, clock, errors, failedFetches }
}

describe('the keys of an identity provider', () => {
  it('are fetched at the start, and again when they are ten minutes old', async () => {
    const { outcome, clock } = await start()
    expect(fetches).toBe(1)
    clock.now = 9 * MINUTE
    expect([await outcome(await token('k1')), fetches]).toEqual(['customer', 1])
    clock.now = 11 * MINUTE
    answer = await serving('k2')
    expect([await outcome(await token('k1')), fetches]).toEqual(['UNAUTHENTICATED', 3])
  })

  it.each(FAILURES)('stay in use after %s, for a day', async (_, fails) => {
    const { outcome, clock, errors, failedFetches } = await start()
    answer = fails
    clock.now = 23 * HOUR
    expect(await outcome(await token('k1'))).toBe('customer')
    expect([await failedFetches(), errors().length]).toEqual([1, 1])
    clock.now = 25 * HOUR
    expect(await outcome(await token('k1'))).toBe('AUTH_UNAVAILABLE')
    answer = await serving('k1')
    clock.now += 5000
    expect(await outcome(await token('k1'))).toBe('customer')
  })

  it('are not waited for while a provider that has failed hangs', async () => {
    const { outcome, clock } = await start()
    answer = failing
    clock.now = HOUR
    expect(await outcome(await token('k1'))).toBe('customer')
    answer = () => {}
    clock.now += MINUTE
    const asked = once(server, 'request')
    expect(await outcome(await token('k1'))).toBe('customer')
    await asked
    expect(fetches).toBe(3)
  })

  it('are fetched by one request for many tokens at once', async () => {
    const { outcome, clock } = await start()
    clock.now = HOUR
    const valid = await token('k1')
    await Promise.all(Array.from({ length: 20 }, () => outcome(valid)))
    expect(fetches).toBe(2)
  })

  it('are fetched every five seconds at most while the provider fails', async () => {
    const { outcome, clock } = await start()
    answer = failing
    clock.now = 48 * HOUR
    for (let i = 0; i < 10; i++) expect(await outcome(await token('k1'))).toBe('AUTH_UNAVAILABLE')
    expect(fetches).toBe(2)
  })
})

describe('a token with a new key', () => {
  it('is accepted at once', async () => {
    const { outcome } = await start()
    answer = await serving('k1', 'k2')
    expect([await outcome(await token('k2')), fetches]).toEqual(['customer', 2])
  })

  it('causes one fetch in ten seconds if the key stays unknown', async () => {
    const { outcome, clock } = await start()
    const unknown = await token('k1', { kid: 'nobody' })
    for (let i = 0; i < 10; i++) expect(await outcome(unknown)).toBe('UNAUTHENTICATED')
    expect(fetches).toBe(2)
    expect(await outcome(await token('k1'))).toBe('customer')
    clock.now += 10_000
    answer = await serving('k2')
    expect([await outcome(await token('k2')), fetches]).toEqual(['customer', 3])
  })

  it('is not refused while the provider fails, because its key may be valid', async () => {
    const { outcome } = await start()
    answer = failing
    for (let i = 0; i < 3; i++) expect(await outcome(await token('k2'))).toBe('AUTH_UNAVAILABLE')
    expect(await outcome(await token('k1'))).toBe('customer')
    expect(fetches).toBe(2)
  })
})

describe('a service that starts', () => {
  it.each(FAILURES.slice(0, -1))(
    'with %s of its provider responds 503 until it has keys',
    async (_, fails) => {
      answer = fails
      const { authenticate, outcome, clock, errors } = await start()
      expect(errors()).toMatchObject([{ url, usable_for_s: 0 }])
      const { app, logs } = makeApp({ authenticate })
      const request = {
        url: '/orders?customer_id=anna',
        headers: { authorization: await token('k1') },
      }
      const refused = await app.inject(request)
      expect([refused.statusCode, refused.json().error]).toEqual([503, 'AUTH_UNAVAILABLE'])
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      expect(refused.headers['www-authenticate']).toBeUndefined()
      expect((await app.inject('/products/1')).statusCode).toBe(200)
      expect(await outcome('Bearer ~garbage~')).toBe('UNAUTHENTICATED')
      answer = await serving('k1')
      clock.now += 5000
      expect((await app.inject(request)).statusCode).toBe(200)
      await app.close()
      const counted = { AUTH_UNAVAILABLE: { requests: 1 } }
      expect(logs.find(({ level }) => level === 50)).toMatchObject({ refused: counted })
    },
  )

  it('with a provider that cannot be reached responds 503', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port: nobody } = closed.address() as { port: number }
    closed.close()
    await once(closed, 'close')
    const { outcome, errors } = await start(`http://127.0.0.1:${nobody}/keys`)
    expect(errors()).toHaveLength(1)
    expect(await outcome(await token('k1'))).toBe('AUTH_UNAVAILABLE')
  })

  it.each([
    ['no keys', '{"keys":[]}', 'none of its 0 keys can verify signatures'],
    ['a discovery document', '{"jwks_uri":"https://x/keys"}', 'its JWK set is at https://x/keys'],
  ])('stops if the provider has %s', async (_, text, message) => {
    answer = (response) => response.end(text)
    await expect(start()).rejects.toThrow(`AUTH_JWKS_URL ${url}: `)
    await expect(start()).rejects.toThrow(message)
  })
})
