import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorsPage, writtenErrorsPage } from '../../../../scripts/write-errors-doc.ts'
import { makeApp } from '../../../../test/support/app.ts'
import { HAS_BROWSER, openBrowser } from '../../../../test/support/browser.ts'
import { ERRORS, type ErrorCode } from '../../src/cart/errors.ts'
import { GENERAL_ERRORS } from '../../src/http/problem-schema.ts'

interface ApiOperation {
  readonly operationId?: string
  readonly summary?: string
  readonly parameters?: { readonly in: string; readonly name: string }[]
  readonly responses: Record<
    string,
    {
      readonly description: string
      readonly content?: Record<string, { readonly 'x-error-codes'?: readonly ErrorCode[] }>
    }
  >
}

/** Errors of requests that no documented operation takes. */
const NO_OPERATION: readonly ErrorCode[] = ['ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED']

async function operations(): Promise<Map<string, ApiOperation>> {
  const { get } = makeApp()
  const document = (await get('/openapi.json')).json()
  expect(document.openapi).toBe('3.1.0')
  const paths = Object.entries(document.paths as Record<string, Record<string, ApiOperation>>)
  return new Map(
    paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    ),
  )
}

const problemCodes = ({ responses }: ApiOperation): [number, ErrorCode][] =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    (content?.['application/problem+json']?.['x-error-codes'] ?? []).map(
      (code): [number, ErrorCode] => [Number(status), code],
    ),
  )

describe('the OpenAPI document', () => {
  it('has every route, each with a summary', async () => {
    const all = await operations()
    expect([...all.keys()].sort()).toEqual([
      'DELETE /shopping-carts/{id}',
      'DELETE /shopping-carts/{id}/items',
      'DELETE /shopping-carts/{id}/items/{product_id}',
      'DELETE /shopping-carts/{id}/lines/{line_id}',
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      'GET /orders',
      'GET /orders/{order_id}',
      'GET /products',
      'GET /products/{product_id}',
      'GET /shopping-carts',
      'GET /shopping-carts/{id}',
      'PATCH /shopping-carts/{id}/lines/{line_id}',
      'POST /shopping-carts',
      'POST /shopping-carts/{id}/checkout',
      'POST /shopping-carts/{id}/items',
      'POST /shopping-carts/{id}/merge',
      'POST /shopping-carts/{id}/reprice',
      'PUT /customers/{customer_id}/active-cart',
      'PUT /shopping-carts/{id}/items/{product_id}',
      'PUT /shopping-carts/{id}/lines/{line_id}',
    ])
    for (const [name, { summary }] of all) expect(summary, name).toBeTruthy()
  })

  it('lists every error of the catalogue, under its status', async () => {
    const listed = [...(await operations()).values()].flatMap(problemCodes)
    expect(new Set([...listed.map(([, code]) => code), ...NO_OPERATION])).toEqual(
      new Set(Object.keys(ERRORS)),
    )
    expect(listed.filter(([, code]) => NO_OPERATION.includes(code))).toEqual([])
    for (const [status, code] of listed) expect(ERRORS[code].status).toBe(status)
  })

  it('lists the general errors for every route that can fail', async () => {
    for (const [name, operation] of await operations()) {
      const codes = problemCodes(operation).map(([, code]) => code)
      if (name !== 'GET /health' && name !== 'GET /health/live') {
        expect(codes, name).toEqual(expect.arrayContaining([...GENERAL_ERRORS]))
      }
    }
  })

  it('names the headers of changes and reads', async () => {
    const all = await operations()
    const headers = (name: string) =>
      all
        .get(name)
        ?.parameters?.filter((each) => each.in === 'header')
        .map((each) => each.name)
    expect(headers('POST /shopping-carts')).toEqual(['Idempotency-Key'])
    expect(headers('PUT /shopping-carts/{id}/items/{product_id}')).toEqual([
      'Idempotency-Key',
      'If-Match',
    ])
    expect(headers('GET /shopping-carts/{id}')).toEqual(['If-None-Match'])
  })
})

it('docs/api.md has an example of every call and every error', async () => {
  const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8')
  const examples = page.slice(page.indexOf('## Every call by example'), page.indexOf('## Errors'))
  for (const name of (await operations()).keys()) {
    const [method = '', path = ''] = name.split(' ')
    const url = `$API${path}`
      .replaceAll(/[$.]/g, String.raw`\$&`)
      .replaceAll(/\{\w+\}/g, String.raw`[\w$]+`)
    const call = String.raw`curl (-i )?${method === 'GET' ? '' : `-X ${method} `}"?${url}(?![\w/])`
    expect(examples, name).toMatch(new RegExp(call))
  }
  for (const [code, { status }] of Object.entries(ERRORS))
    expect(page, code).toContain(`| ${status} \`${code}\` |`)
})

it('docs/errors.md is generated from the catalogue (npm run docs)', () => {
  expect(writtenErrorsPage()).toBe(errorsPage())
})

it.skipIf(!HAS_BROWSER)(
  'the page at /docs shows the API and loads nothing from other hosts',
  async () => {
    const { app } = makeApp()
    const origin = await app.listen({ host: '127.0.0.1', port: 0 })
    await using opened = await openBrowser()
    const page = await opened.browser.newPage()
    const requested: string[] = []
    const errors: string[] = []
    page.on('request', (request) => requested.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${origin}/docs`)
    await page.getByText('/shopping-carts/{id}/checkout').waitFor()
    expect(requested.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual(
      [],
    )
    expect(errors).toEqual([])
    await page.close()
    await app.close()
  },
)

describe('what generators need', () => {
  it('an operation id for each operation, once, and a description for each response', async () => {
    const all = [...(await operations()).values()]
    const ids = all.map(({ operationId }) => operationId)
    expect(ids.filter((id) => id === undefined || !/^[a-z][A-Za-z]+$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { responses } of all)
      for (const [status, { description }] of Object.entries(responses))
        expect(description, status).not.toMatch(/^(Default Response)?$/)
  })

  it('no content of 204 and 304', async () => {
    const empty = [...(await operations()).values()].flatMap(({ responses }) =>
      ['204', '304'].map((status) => responses[status]).filter((each) => each !== undefined),
    )
    expect(empty).toHaveLength(11)
    for (const { content } of empty) expect(content).toBeUndefined()
  })

  it('one schema for what operations share, and no list of types for an id', async () => {
    const { components } = (await makeApp().get('/openapi.json')).json()
    for (const name of ['Cart', 'Line', 'Order', 'Product', 'Problem', 'EntityId'])
      expect(components.schemas, name).toHaveProperty(name)
    expect(components.schemas.Cart.properties.items.items).toEqual({
      $ref: '#/components/schemas/Line',
    })
    expect(components.schemas.EntityId).toMatchObject({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
    })
    expect(components.schemas.Problem.properties).toHaveProperty('current_version')
    const inline = [...(await operations())].filter(([, operation]) =>
      JSON.stringify(operation).includes('"properties"'),
    )
    expect(inline.map(([name]) => name)).toEqual([])
  })
})

it('checkout takes an object or nothing, and says so', async () => {
  const { app, newCart, add } = makeApp()
  const { requestBody } = (await app.inject('/openapi.json')).json().paths[
    '/shopping-carts/{id}/checkout'
  ].post
  expect(requestBody).toMatchObject({
    required: false,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Checkout' } } },
  })
  const cartId = await newCart()
  await add(cartId, 1, 1)
  const url = `/shopping-carts/${cartId}/checkout`
  const refused = await app.inject({ method: 'POST', url, payload: { lines: [1] } })
  expect(refused.json().detail).toBe('body must NOT have additional properties ("lines")')
  expect((await app.inject({ method: 'POST', url, payload: {} })).statusCode).toBe(200)
})
