import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import manifest from '../../package.json' with { type: 'json' }
import { CartError } from '../../src/cart/errors.ts'
import { databaseAttributes } from '../../src/observe/database-attributes.ts'
import { openObserve } from '../../src/observe/observe.ts'
import { openTracing } from '../../src/observe/tracing.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { startCollector } from './collector.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const SERVER = 2
const CLIENT = 3
const ERROR = 2

const logger = pino({ level: 'silent' })
const undo: (() => Promise<unknown> | undefined)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
  vi.unstubAllEnvs()
})

async function tracedApp(env: Record<string, string> = {}) {
  const collector = await startCollector()
  undo.push(collector[Symbol.asyncDispose])
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  const observe = await openObserve(process.env, logger)
  const store = openMemoryStore()
  const made = makeApp({ store, observe })
  /** Sends the remaining spans and returns all spans. */
  const collected = async () => {
    await observe.tracing?.stop()
    return collector.spans
  }
  return { ...made, store, collector, collected }
}

describe('tracing', () => {
  it("makes a span per request below the caller's span, and one per store operation below that", async () => {
    const url = 'postgres://me:secret@db.example/carts'
    const { app, logs, collector, collected } = await tracedApp({ DATABASE_URL: url })
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/shopping-carts',
      payload: { customer_id: 7 },
      headers: {
        traceparent: `00-${TRACE}-${SPAN}-01`,
        tracestate: 'shop=1',
        'user-agent': 'test/1',
      },
    })
    const [operation, request, ...more] = await collected()
    expect(more).toEqual([])
    expect(request).toMatchObject({
      name: 'POST /shopping-carts',
      kind: SERVER,
      traceId: TRACE,
      parentSpanId: SPAN,
      traceState: 'shop=1',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/shopping-carts',
        'http.response.status_code': statusCode,
        'url.path': '/shopping-carts',
        'url.scheme': 'http',
        'user_agent.original': 'test/1',
        'client.address': '127.0.0.1',
      },
      resource: {
        'service.name': 'pushcart',
        'service.version': manifest.version,
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.name': 'opentelemetry',
      },
    })
    expect(operation).toMatchObject({
      name: 'store createCart',
      kind: CLIENT,
      traceId: TRACE,
      parentSpanId: request?.spanId,
      attributes: {
        'db.operation.name': 'createCart',
        'db.system.name': 'postgresql',
        'db.namespace': 'carts',
        'server.address': 'db.example',
        'server.port': 5432,
      },
    })
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces'])
    expect(logs.at(-1)).toMatchObject({ trace_id: TRACE, span_id: request?.spanId })
  })

  it('starts a new trace for a caller without one and separates concurrent requests', async () => {
    const { app, get, newCart, logs, collected } = await tracedApp()
    // Over sockets, because a body arrives in the context of its connection, not of its request.
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    undo.push(() => app.close())
    const cartId = await newCart()
    logs.length = 0
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        if (index % 2 === 0) return get(`/shopping-carts/${cartId}`)
        const body = JSON.stringify({ product_id: 1, quantity: 1 })
        const headers = { 'content-type': 'application/json' }
        return fetch(`${url}/shopping-carts/${cartId}/items`, { method: 'POST', headers, body })
      }),
    )
    const traceIds = logs.map((line) => String(line.trace_id))
    expect(new Set(traceIds).size).toBe(20)
    const spans = (await collected()).filter((span) => traceIds.includes(span.traceId))
    const requests = spans.filter((span) => span.kind === SERVER)
    expect(requests).toHaveLength(20)
    for (const request of requests) {
      const operations = spans.filter((span) => span.parentSpanId === request.spanId)
      expect(operations.map((span) => span.traceId)).toEqual([request.traceId])
      const expected = request.name.startsWith('GET') ? 'store getCart' : 'store addLines'
      expect(operations[0]?.name).toBe(expected)
    }
  })

  it('marks failures of the service as errors, but not responses such as 404', async () => {
    const { get, store, collected } = await tracedApp()
    await get('/shopping-carts/01890000-0000-7000-8000-000000000000')
    store.getCart = async () => {
      throw new CartError('STORE_TIMEOUT')
    }
    await get('/shopping-carts/01890000-0000-7000-8000-000000000001')
    const [missing, notFound, late, unavailable] = await collected()
    expect(missing?.attributes).toMatchObject({ 'pushcart.outcome': 'CART_NOT_FOUND' })
    expect([missing?.status.code, notFound?.status.code]).toEqual([0, 0])
    expect(late?.attributes).toMatchObject({ 'error.type': 'STORE_TIMEOUT' })
    expect(unavailable?.attributes).toMatchObject({
      'error.type': '503',
      'http.response.status_code': 503,
    })
    expect([late?.status.code, unavailable?.status.code]).toEqual([ERROR, ERROR])
  })

  it('does not record health checks, scrapes and requests that the caller does not record', async () => {
    const { get, collected } = await tracedApp()
    await get('/products/1', { traceparent: `00-${TRACE}-${SPAN}-00` })
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) await get(path)
    expect(await collected()).toEqual([])
  })

  it('reads name, attributes and headers from the standard variables', async () => {
    const { get, collector, collected } = await tracedApp({
      OTEL_SERVICE_NAME: 'carts-eu',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=a%20b',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc',
    })
    await get('/products/1')
    const [span] = await collected()
    expect(span?.resource).toMatchObject({
      'service.name': 'carts-eu',
      'deployment.environment.name': 'a b',
    })
    expect(collector.requests[0]?.headers['x-key']).toBe('abc')
  })

  it('stops in bounded time when the collector hangs and logs it', async () => {
    const collector = await startCollector({ silent: true })
    undo.push(collector[Symbol.asyncDispose])
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', `${collector.url}/v1/traces`)
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '50')
    const lines: string[] = []
    const log = pino({}, { write: (line: string) => lines.push(line) })
    const observe = await openObserve(process.env, log)
    await makeApp({ observe }).get('/products/1')
    await observe.tracing?.stop()
    expect(lines.join()).toContain('the last spans could not be sent')
  })
})

describe('openTracing', () => {
  it.each([
    [{}],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' }],
  ])('is off with %j', async (env) => {
    expect(await openTracing(env, logger)).toBeUndefined()
  })

  it.each(['collector:4318', 'grpc://x:4317', 'http://'])(
    'refuses the setting %s',
    async (OTEL_EXPORTER_OTLP_ENDPOINT) => {
      await expect(openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT }, logger)).rejects.toMatchObject({
        name: 'ConfigError',
        message: 'OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URL',
      })
    },
  )

  it('sends protobuf if that is the protocol', async () => {
    const { app, collector, collected } = await tracedApp({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    })
    await app.inject('/shopping-carts/none')
    await collected()
    expect(collector.requests.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-protobuf',
    ])
  })

  it.each(['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'])(
    'refuses a protocol in %s that it does not speak',
    async (name) => {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', [name]: 'grpc' }
      await expect(openTracing(env, logger)).rejects.toMatchObject({
        name: 'ConfigError',
        message: `${name} must be http/json or http/protobuf (got "grpc")`,
      })
    },
  )

  it('redacts the values of a query, and reports the port', async () => {
    const { app, collected } = await tracedApp()
    await app.inject({
      url: '/shopping-carts?customer_id=anna&limit=5&cursor=secret',
      headers: { host: 'carts.example:8443' },
    })
    const spans = await collected()
    expect(spans.at(-1)?.attributes).toMatchObject({
      'url.path': '/shopping-carts',
      'url.query': 'customer_id=REDACTED&limit=5&cursor=REDACTED',
      'server.address': 'carts.example',
      'server.port': 8443,
    })
    expect(JSON.stringify(spans)).not.toMatch(/anna|secret/)
  })
})

it.each([
  [
    { DATABASE_URL: 'postgres://u:p%40w@db:6432/my%20carts?sslmode=require' },
    {
      'db.system.name': 'postgresql',
      'server.address': 'db',
      'server.port': 6432,
      'db.namespace': 'my carts',
    },
  ],
  [{ CART_STORE_TYPE: '', DATABASE_URL: '' }, { 'db.system.name': 'postgresql' }],
  [
    { CART_STORE_TYPE: 'dynamodb', DYNAMODB_TABLE_NAME: 'carts', AWS_REGION: 'eu-west-1' },
    {
      'db.system.name': 'aws.dynamodb',
      'db.collection.name': 'carts',
      'server.address': 'dynamodb.eu-west-1.amazonaws.com',
      'server.port': 443,
    },
  ],
  [
    { CART_STORE_TYPE: 'dynamodb', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' },
    { 'db.system.name': 'aws.dynamodb', 'server.address': '127.0.0.1', 'server.port': 8000 },
  ],
  [{ CART_STORE_TYPE: 'memory' }, { 'db.system.name': 'memory' }],
])('the database of %j is described as %j', (env, attributes) => {
  expect(databaseAttributes(env)).toEqual(attributes)
})
