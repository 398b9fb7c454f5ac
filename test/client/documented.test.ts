import { PushcartClient, PushcartError } from '@pushcart/client'
import { describe, expect, it } from 'vitest'
import {
  type Documented,
  operationsOf,
  type Schema,
} from '../../packages/service/test/http/fuzz/operations.ts'
import { makeApp } from '../support/app.ts'

const ID = '01a20478-bb8c-7722-9e92-ae6ef3e903d7'
const OTHER = '01a20478-bb8c-7722-9e92-ae6ef3e903d8'
const LINE = { line_id: 'MQ' }

/** How the client asks for each operation. */
const CALLS: Record<string, (client: PushcartClient) => Promise<unknown>> = {
  createCart: (client) => client.createCart(7),
  getCart: (client) => client.getCart(ID, { ifNoneMatch: 7 }),
  listCarts: (client) => client.listCarts(7),
  addItems: (client) => client.addItem(ID, 1, 2),
  setQuantity: (client) => client.setQuantity(ID, 1, 2, { ifMatch: 7 }),
  removeItem: (client) => client.removeItem(ID, 1),
  emptyCart: (client) => client.emptyCart(ID),
  deleteCart: (client) => client.deleteCart(ID),
  merge: (client) => client.merge(ID, { from_cart_id: OTHER }),
  checkout: (client) => client.checkout(ID, { expected_total: 5, refuse_warnings: true }),
  getActiveCart: (client) => client.getActiveCart(7),
  setLineQuantity: (client) => client.setQuantity(ID, LINE, 2),
  setAttributes: (client) => client.setAttributes(ID, LINE, {}),
  removeLine: (client) => client.removeItem(ID, LINE),
  reprice: (client) => client.reprice(ID),
  getOrder: (client) => client.getOrder(ID),
  listOrders: (client) => client.listOrders(7),
  getProduct: (client) => client.getProduct(1),
  searchProducts: (client) => client.searchProducts(),
  health: (client) => client.health(),
}
/** Those that the client has no method for: load balancers use them. */
const NO_METHOD = ['checkLive', 'checkReady']

/** A value that matches the schema, with every member that it has. */
function sampleOf({ anyOf: [first] = [], ...schema }: Schema): unknown {
  if (first !== undefined) return sampleOf(first)
  if (schema.enum !== undefined) return schema.enum[0]
  const type = typeof schema.type === 'object' ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, each]) => [name, sampleOf(each)]),
      )
    case 'array':
      return [sampleOf(schema.items ?? {})]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'string':
      return TEXTS[schema.format ?? ''] ?? 'text'
    default:
      return 'const' in schema ? schema.const : expect.unreachable(JSON.stringify(schema))
  }
}
const TEXTS: Record<string, string> = {
  uuid: ID,
  'date-time': '2026-11-22T18:15:50.989Z',
  uri: 'urn:pushcart:error:x',
}

const { get } = makeApp({ env: { RATE_LIMIT_PER_MINUTE: '1000' } })
const operations = operationsOf((await get('/openapi.json')).json())

/** Every documented response: for an error once per code, for the others with and without optional headers. */
const answers = operations.flatMap(({ id, responses }) =>
  [...responses].flatMap(([status, documented]) =>
    (documented.codes ?? ['without optional headers', 'with all headers']).map(
      (variant) => [id, status, variant, documented] as const,
    ),
  ),
)

/** The response as the document describes it. */
function answerOf(status: number, variant: string, documented: Documented) {
  const [[type, check] = []] = documented.content
  const sample = documented.schema && sampleOf(documented.schema)
  const body =
    documented.codes === undefined ? sample : { ...(sample as object), status, error: variant }
  expect(check?.(body), 'the sample matches the schema').toBeUndefined()
  const headers = new Headers(type === undefined ? {} : { 'content-type': type })
  for (const [name, { required, example, check: fits }] of documented.headers) {
    expect(fits(example), `the example of ${name} matches its schema`).toBeUndefined()
    if (required || variant === 'with all headers') headers.set(name, example)
  }
  const response = new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers,
  })
  return { response, body, headers }
}

describe('the client takes every documented response', () => {
  it('of every operation', () => {
    expect(operations.map(({ id }) => id).sort()).toEqual(
      [...Object.keys(CALLS), ...NO_METHOD].sort(),
    )
  })

  it.each(answers.filter(([id]) => id in CALLS))(
    '%s %i %s',
    async (id, status, variant, documented) => {
      const { response, body, headers } = answerOf(status, variant, documented)
      const fetch = async () => response
      const client = new PushcartClient({ baseUrl: 'http://carts.test', fetch, retries: 0 })
      const result: unknown = await CALLS[id]?.(client).catch((error: unknown) => error)
      if (documented.codes === undefined) {
        expect(result).not.toBeInstanceOf(Error)
        if (body !== undefined) expect(result).toMatchObject(body as object)
        return
      }
      expect(result).toBeInstanceOf(PushcartError)
      const retryAfter = headers.get('retry-after')
      expect(result).toMatchObject({
        code: variant,
        status,
        problem: body,
        requestId: headers.get('x-request-id'),
        retryAfterMs: retryAfter === null ? undefined : Number(retryAfter) * 1000,
      })
    },
  )
})
