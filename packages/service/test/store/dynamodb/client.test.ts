import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { clientConfigFor } from '../../../../../test/support/dynamodb.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import {
  type DynamoStoreOptions,
  openDynamoStore,
} from '../../../src/store/dynamodb/dynamo-store.ts'
import { itemOf } from '../../../src/store/dynamodb/item.ts'
import { HTTP } from '../../../src/store/dynamodb/transport.ts'
import { codeOf, keyed, line, options, strong, T0, USD } from '../../contract/fixtures.ts'
import { type RecordedEvents, recordEvents } from './recorded-events.ts'
import { newState } from './states.ts'
import { type Responding, type StubEndpoint, startStubEndpoint } from './stub-endpoint.ts'

let stub: StubEndpoint
let events: RecordedEvents
let transport: DynamoStoreOptions['transport'] = 'wire'
const opened: CartStore[] = []
beforeEach(async () => {
  stub = await startStubEndpoint()
  events = recordEvents()
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  await stub.close()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

async function openStore(more: Partial<DynamoStoreOptions> = {}): Promise<CartStore> {
  const clientConfig = { ...clientConfigFor(stub.endpoint), ...more.clientConfig }
  const store = await openDynamoStore({
    tableName: 'carts',
    events,
    transport,
    ...more,
    clientConfig,
  })
  opened.push(store)
  return store
}

const cartId = newCartId(T0)
const found = { Item: { ...itemOf(newState()), cart_id: { S: cartId } } }
const made = { Attributes: { version: { N: '2' } } }
const refused = (type: string) => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type },
})
const checked = (body: object, sum = crc32(JSON.stringify(body))) => ({
  body,
  headers: { 'x-amz-crc32': String(sum) },
})
const get = (store: CartStore) => store.getCart(cartId, strong())
const add = (store: CartStore, change = options()) => store.addLines(cartId, [line(1)], change)
const sent = () => stub.requests.map(({ operation }) => operation).join(' ')

const newCart = () => ({
  cartId: newCartId(T0),
  customerId: 7,
  currency: USD,
  now: T0,
  expiresAt: T0 + 1_000_000,
})

describe('the checksum of a response', () => {
  it('is accepted if it matches', async () => {
    stub.answer(() => checked(found))
    expect((await get(await openStore())).cartId).toBe(cartId)
    expect(sent()).toBe('GetItem')
  })

  it('makes a read go again if it does not match', async () => {
    stub.answer(({ n }) => (n === 1 ? checked(found, 1) : checked(found)))
    expect((await get(await openStore())).cartId).toBe(cartId)
    expect(sent()).toBe('GetItem GetItem')
    expect(events.recorded).toEqual(['retried connection'])
  })

  it('leaves the outcome of a change without a key unknown if it does not match', async () => {
    stub.answer(() => checked(made, 1))
    expect(await codeOf(add(await openStore()))).toBe('STORE_UNAVAILABLE')
    expect(sent()).toBe('UpdateItem')
  })

  it('makes a change with a key go again if it does not match', async () => {
    stub.answer(({ n }) => (n === 1 ? checked(made, 1) : checked(made)))
    expect(await add(await openStore(), keyed('k'))).toMatchObject({ version: 2 })
    expect(sent()).toBe('UpdateItem UpdateItem')
  })
})

describe.each(['wire', 'sdk'] as const)('over %s:', (kind) => {
  beforeAll(() => {
    transport = kind
  })

  it('a response of 200 that is not JSON counts as lost', async () => {
    stub.answer(() => ({ body: '<html>' }))
    expect(await codeOf(add(await openStore()))).toBe('STORE_UNAVAILABLE')
    expect(sent()).toBe('UpdateItem')
  })

  describe('credentials that are replaced', () => {
    const file = join(tmpdir(), `pushcart-credentials-${process.pid}`)
    const keep = (key: string) =>
      writeFileSync(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = secret\n`)
    const accepting =
      (key: string, type: string): Responding =>
      ({ headers }) =>
        headers.authorization?.includes(`Credential=${key}/`) ? { body: made } : refused(type)
    beforeEach(() => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
        vi.stubEnv(name, '')
      vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file)
      keep('OLD')
    })
    afterEach(() => rmSync(file))

    async function open(): Promise<CartStore> {
      const { credentials: _credentials, ...clientConfig } = clientConfigFor(stub.endpoint)
      const store = await openDynamoStore({ tableName: 'carts', transport, clientConfig })
      opened.push(store)
      return store
    }

    it.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
      'are renewed after %s, and the change is made once',
      async (type) => {
        stub.answer(accepting('OLD', type))
        const store = await open()
        await add(store)
        keep('NEW')
        stub.answer(accepting('NEW', type))
        expect(await add(store)).toMatchObject({ version: 2 })
        await add(store)
        expect(sent()).toBe('UpdateItem UpdateItem UpdateItem UpdateItem')
      },
    )

    it('are renewed once: without others, the change fails and is not sent again', async () => {
      const store = await open()
      stub.answer(() => refused('UnrecognizedClientException'))
      expect(await codeOf(add(store))).toBe('STORE_MISCONFIGURED')
      expect(await codeOf(add(store))).toBe('STORE_MISCONFIGURED')
      expect(sent()).toBe('UpdateItem UpdateItem')
    })
  })

  describe('a clock with the wrong time', () => {
    const HOUR = 3_600_000
    const skewed = () => ({
      ...refused('InvalidSignatureException'),
      headers: { date: new Date(Date.now() + HOUR).toUTCString() },
    })
    const signedAt = (header: unknown) => {
      const [, y, mo, d, h, mi, s] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(String(header)) ?? []
      return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s))
    }
    const offsets = () =>
      stub.requests.map(({ headers }) =>
        Math.abs(Math.round((signedAt(headers['x-amz-date']) - Date.now()) / HOUR)),
      )

    it('is corrected after the refusal, and a change without a key is sent again, because it changed nothing', async () => {
      stub.answer(({ n }) => (n === 1 ? skewed() : { ...skewed(), status: 200, body: made }))
      const store = await openStore()
      expect(await add(store)).toMatchObject({ version: 2 })
      await add(store)
      expect(offsets()).toEqual([0, 1, 1])
    })

    it('is not corrected if that is disabled', async () => {
      stub.answer(skewed)
      const clientConfig = { disableClockSkewCorrection: true }
      expect(await codeOf(add(await openStore({ clientConfig })))).toBe('STORE_MISCONFIGURED')
      expect(offsets()).toEqual([0])
    })

    it('does not make a failure with another reason safe to resend', async () => {
      stub.answer(() => ({ ...skewed(), status: 500, body: { __type: 'InternalServerError' } }))
      expect(await codeOf(add(await openStore()))).toBe('STORE_UNAVAILABLE')
      expect(sent()).toBe('UpdateItem')
    })
  })

  describe('an exception', () => {
    const named = {
      'in the body': refused('ResourceNotFoundException'),
      'in the body, with an address': {
        status: 400,
        body: { code: 'ResourceNotFoundException:http://x' },
      },
      'in a header': {
        status: 400,
        headers: { 'x-amzn-errortype': 'com.amazonaws.dynamodb#ResourceNotFoundException' },
      },
    }
    it.each(Object.entries(named))('is recognised by its name %s', async (_where, answer) => {
      stub.answer(() => answer)
      expect(await codeOf(get(await openStore()))).toBe('STORE_MISCONFIGURED')
    })

    it('of a proxy without JSON is recognised by its status', async () => {
      stub.answer(() => ({ status: 503, body: 'Service Unavailable' }))
      expect(await codeOf(add(await openStore()))).toBe('STORE_UNAVAILABLE')
      stub.answer(() => ({ status: 404, body: 'Not Found' }))
      expect(await codeOf(add(await openStore()))).toBe('INTERNAL_ERROR')
    })
  })

  describe('requests that are sent again', () => {
    it('are counted, by reason', async () => {
      stub.answer(({ n }) => {
        if (n === 1) return refused('ProvisionedThroughputExceededException')
        if (n === 2) return { status: 500, body: { __type: 'InternalServerError' } }
        return n === 3 ? undefined : { body: found }
      })
      await get(await openStore())
      expect(events.recorded).toEqual([
        'throttled',
        'retried throttle',
        'retried connection',
        'retried connection',
      ])
    })

    it.each([
      ['1', 1],
      ['2', 2],
      [undefined, 4],
    ])('are limited by AWS_MAX_ATTEMPTS=%s', async (attempts, requests) => {
      vi.stubEnv('AWS_MAX_ATTEMPTS', attempts)
      stub.answer(() => refused('ThrottlingException'))
      expect(await codeOf(add(await openStore()))).toBe('STORE_BUSY')
      expect(stub.requests).toHaveLength(requests)
      expect(events.recorded.filter((each) => each === 'throttled')).toHaveLength(requests)
    })

    it('stop when everything fails, and are allowed again after successes', async () => {
      stub.answer(() => ({ status: 500 }))
      const store = await openStore({ clientConfig: { maxAttempts: 2 } })
      // 500 tokens, 14 per copy.
      for (let i = 0; i < 4; i++) {
        await Promise.all(Array.from({ length: 10 }, () => codeOf(store.createCart(newCart()))))
      }
      expect(stub.requests).toHaveLength(40 + Math.floor(500 / 14))
      stub.answer(() => ({}))
      for (let i = 0; i < 14; i++) await store.createCart(newCart())
      const before = stub.requests.length
      stub.answer(() => ({ status: 500 }))
      await codeOf(store.createCart(newCart()))
      expect(stub.requests.length - before).toBe(2)
    })

    it('follow a refused connection, also for a change without a key', async () => {
      const store = await openStore()
      await stub.close()
      expect(await codeOf(add(store))).toBe('STORE_UNAVAILABLE')
      expect(events.recorded).toEqual(Array(3).fill('retried connection'))
      stub = await startStubEndpoint()
    })
  })

  describe('a request that waits for a connection', () => {
    it('until its timeout was never sent: STORE_BUSY, and nothing was changed', async () => {
      const held = Promise.withResolvers<undefined>()
      const arrived = Promise.withResolvers<void>()
      stub.answer(() => {
        arrived.resolve()
        return held.promise
      })
      const store = await openStore({ http: { connections: 1 } })
      // Both at the same moment, so that no connection becomes free in between.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const answered = codeOf(add(store))
      await arrived.promise
      expect(events.pool?.()).toEqual({ active: 1, idle: 0, waiting: 0, limit: 1 })
      const waited = codeOf(add(store))
      while (events.pool?.().waiting !== 1) await setImmediate()
      vi.advanceTimersByTime(HTTP.requestTimeoutMs)
      vi.useRealTimers()
      expect([await answered, await waited]).toEqual(['STORE_TIMEOUT', 'STORE_BUSY'])
      stub.answer(() => ({ body: made }))
      await add(store)
      // The first request and the last; the waiting request was never sent.
      expect(sent()).toBe('UpdateItem UpdateItem')
      held.resolve(undefined)
    })
  })

  describe('credentials', () => {
    it('are requested from their provider for every request and sent with their session token', async () => {
      stub.answer(() => ({ body: found }))
      let n = 0
      const expired = new Date(0)
      const credentials = async () => {
        n += 1
        return {
          accessKeyId: `AKID${n}`,
          secretAccessKey: 's',
          sessionToken: `t${n}`,
          expiration: expired,
        }
      }
      const store = await openStore({ clientConfig: { credentials } })
      await get(store)
      await get(store)
      const signed = stub.requests.map(({ headers }) => [
        /Credential=(AKID\d+)/.exec(String(headers.authorization))?.[1]?.slice(4),
        String(headers['x-amz-security-token']).slice(1),
      ])
      expect(signed[0]?.[0]).toBe(signed[0]?.[1])
      expect(signed[1]?.[0]).toBe(signed[1]?.[1])
      expect(signed[1]?.[0]).not.toBe(signed[0]?.[0])
    })

    it('that are no longer available are STORE_MISCONFIGURED, without a request', async () => {
      let gone = false
      const credentials = async () => {
        if (gone) throw Object.assign(new Error('gone'), { name: 'CredentialsProviderError' })
        return { accessKeyId: 'a', secretAccessKey: 's', expiration: new Date(0) }
      }
      const store = await openStore({ clientConfig: { credentials } })
      gone = true
      expect(await codeOf(add(store))).toBe('STORE_MISCONFIGURED')
      expect(stub.requests).toHaveLength(0)
    })
  })

  it('requests go to the path of the endpoint and are signed for the region of the client', async () => {
    stub.answer(() => ({ body: found }))
    const clientConfig = { endpoint: `${stub.endpoint}/base`, region: 'eu-west-1' }
    await get(await openStore({ clientConfig }))
    expect(String(stub.requests[0]?.headers.authorization)).toMatch(
      /\/eu-west-1\/dynamodb\/aws4_request/,
    )
    expect(stub.requests[0]?.headers.host).toBe(new URL(stub.endpoint).host)
  })
})
