import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { lineId } from '../../src/cart/line-key.ts'
import { type Operation, operationsOf } from './fuzz/operations.ts'

/** Values that do not match a parameter's schema, by its name. */
const WRONG: Record<string, readonly string[]> = {
  limit: ['0', '101', '-1', '1.5', 'x', ''],
  min_version: ['-1', '1.5', 'x', ''],
  consistency: ['exact', ''],
  customer_id: ['', 'x'.repeat(65), '.', '..', '\u0000'],
  cursor: ['x'.repeat(513)],
  status: ['open', 'ACTIVE', ''],
  name: ['', 'x'.repeat(201)],
  category: ['', 'x'.repeat(201)],
  'Idempotency-Key': ['', 'x'.repeat(256), 'a b', 'é'],
}

const BODIES: Record<string, object> = {
  createCart: { customer_id: 7 },
  addItems: { product_id: 1, quantity: 1 },
  setQuantity: { quantity: 1 },
  setLineQuantity: { quantity: 1 },
  setAttributes: { attributes: {} },
  merge: { from_cart_id: '01890a5d-ac96-774b-bcce-b302099a8057' },
}

const LINE_ID = lineId({ productId: 1 })

const { app, newCart, add } = makeApp()
const cartId = await newCart()
await add(cartId, 1, 1)
const parameters = operationsOf((await app.inject('/openapi.json')).json()).flatMap((operation) =>
  operation.parameters
    .filter((parameter) => parameter.in !== 'path')
    .map((parameter) => [operation.id, parameter.name, operation, parameter] as const),
)

/** The operation with this value of one parameter and valid values of those that it requires. */
function send({ path, method, parameters: all, id }: Operation, name: string, value: string) {
  const asked = new URLSearchParams()
  for (const each of all) if (each.in === 'query' && each.required) asked.set(each.name, '7')
  const isHeader = all.some((each) => each.in === 'header' && each.name === name)
  if (!isHeader) asked.set(name, value)
  return app.inject({
    method: method as 'GET',
    url: `${path.replace('{id}', cartId).replace('{product_id}', '1').replace('{line_id}', LINE_ID)}?${asked}`,
    headers: isHeader ? { [name]: value } : {},
    ...(BODIES[id] !== undefined && { payload: BODIES[id] }),
  })
}

describe('a parameter is as strict as its documented schema', () => {
  const ajv = new Ajv2020({ strict: false, coerceTypes: true })

  it.each(parameters.filter(([, name]) => name in WRONG))(
    '%s %s',
    async (_, name, operation, { schema }) => {
      for (const value of WRONG[name] ?? []) {
        // Text, as it comes in a URL, is read as the type of the schema.
        const isDocumented = ajv.validate({ properties: { value: schema } }, { value })
        const answer = await send(operation, name, value)
        expect([value, isDocumented, answer.statusCode, answer.json().error]).toEqual([
          value,
          false,
          400,
          'VALIDATION_FAILED',
        ])
      }
    },
  )

  it('for every parameter but the entity tags, which may be anything', () => {
    const names = new Set(parameters.map(([, name]) => name))
    expect([...names].sort()).toEqual([...Object.keys(WRONG), 'If-Match', 'If-None-Match'].sort())
  })
})
