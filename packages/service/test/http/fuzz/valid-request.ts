import fc from 'fast-check'
import { type Cart, totalPrice } from '../../../src/cart/cart.ts'
import { type LineIdentity, lineId } from '../../../src/cart/line-key.ts'
import type { Choices } from './choices.ts'
import type { Operation, Parameter, Schema } from './operations.ts'
import { CUSTOMERS, type World } from './world.ts'

/** A request in parts that can be broken one by one. */
export interface Draft {
  method: string
  /** Parts of the path, not yet escaped. */
  segments: string[]
  query: [string, string][]
  /** By names in lower case. */
  headers: Record<string, string>
  /** `undefined`: no body. */
  body: unknown
}

/** Knowledge from the responses so far: cursors by operation. */
export type Cursors = Map<string, string>

/** A request that matches the operation's schemas and, usually, the content of the store. */
export function validRequest(
  choices: Choices,
  operation: Operation,
  world: World,
  cursors: Cursors,
): Draft {
  const cartId = someCart(choices, world, operation.path.startsWith('/orders'))
  const known = (name: string) =>
    name === 'cursor' ? cursors.get(operation.name) : knownValue(choices, name, world, cartId)
  const taken = (where: Parameter['in']) =>
    operation.parameters
      .filter((each) => each.in === where && (each.required || choices.chance(30)))
      .map(({ name, schema }) => [name, String(known(name) ?? fitting(choices, schema))] as const)
      // A cursor is opaque: only those of earlier responses are valid.
      .filter(([name]) => name !== 'cursor' || cursors.has(operation.name))
  const inPath = new Map(taken('path').map(([name, value]) => [`{${name}}`, value]))
  return {
    method: operation.method,
    segments: operation.path
      .split('/')
      .slice(1)
      .map((segment) => inPath.get(segment) ?? segment),
    query: taken('query').map(([name, value]) => [name, value]),
    headers: Object.fromEntries(
      taken('header').map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: operation.body && fitting(choices, operation.body, known),
  }
}

function someCart(choices: Choices, world: World, order: boolean): string {
  if (choices.chance(4)) return choices.some(fc.uuid)
  if (choices.chance(8)) return choices.pick(order ? world.changeable() : world.ended())
  return choices.pick(order ? world.orders() : world.changeable())
}

/** A meaningful value for a parameter of that name; `undefined` for unknown names. */
function knownValue(choices: Choices, name: string, world: World, cartId: string): unknown {
  const cart = world.cart(cartId)
  const version = cart?.version ?? 1
  const products = cart?.lines.map(({ productId }) => productId) ?? []
  switch (name) {
    case 'id':
    case 'order_id':
      return cartId
    case 'from_cart_id':
      return choices.pick(
        choices.chance(15) ? world.ended() : world.changeable().filter((id) => id !== cartId),
      )
    case 'customer_id':
      return choices.chance(90) ? choices.pick(CUSTOMERS) : undefined
    case 'product_id':
      if (choices.chance(10)) return undefined
      return choices.pick(choices.chance(60) ? [...products, 1] : [1, 2, '3', '004', 5, 6])
    case 'line_id':
      return lineId(
        choices.pick<LineIdentity>(cart?.lines.length ? cart.lines : [{ productId: 1 }]),
      )
    case 'expected_total':
    case 'currency':
    case 'refuse_warnings':
      return seen(choices, name, cart)
    case 'status':
      return choices.pick(['active', 'checked_out'])
    case 'limit':
      return choices.integer(1, 100)
    case 'min_version':
      return choices.integer(0, 5)
    case 'name':
    case 'category':
      return choices.pick(['a', 'E', 'o', 'Z'])
    case 'Idempotency-Key':
      return `key-${choices.integer(1, 6)}`
    case 'If-Match':
    case 'If-None-Match':
      return choices.pick([`"${version}"`, `"0", "${version}"`, '*', '"0"'])
    default:
      return undefined
  }
}

/** What a shopper may have seen of a cart. */
function seen(choices: Choices, name: string, cart: Cart | undefined): unknown {
  if (name === 'refuse_warnings') return choices.chance(15)
  if (choices.chance(20)) return undefined
  return name === 'currency' ? 'USD' : totalPrice(cart?.lines ?? []) / 100
}

/**
 * A value that matches the schema; fields for which `known` has a value get that value. Numbers are often near their
 * bounds.
 */
function fitting(
  choices: Choices,
  schema: Schema,
  known = (_: string): unknown => undefined,
): unknown {
  const { anyOf, properties, items, required = [], minItems = 0 } = schema
  const go = (each: Schema) => fitting(choices, each, known)
  if (schema.enum !== undefined) return choices.pick(schema.enum)
  if (anyOf !== undefined) return go(choices.pick(anyOf))
  if (properties !== undefined) {
    const present = Object.entries(properties).filter(
      ([key]) => required.includes(key) || choices.chance(50),
    )
    return Object.fromEntries(present.map(([key, value]) => [key, known(key) ?? go(value)]))
  }
  if (schema.type === 'object') {
    const member = schema.additionalProperties
    const names = ['size', 'gift note'].slice(choices.integer(0, 2))
    if (typeof member !== 'object') return {}
    return Object.fromEntries(names.map((name) => [name, go(member)]))
  }
  if (items !== undefined) {
    return Array.from({ length: choices.integer(minItems, minItems + 2) }, () => go(items))
  }
  switch (schema.type) {
    case 'integer': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema
      return choices.chance(90)
        ? choices.integer(minimum, minimum + 9)
        : choices.integer(minimum, maximum)
    }
    case 'string':
      if (schema.format === 'uuid') return choices.some(fc.uuid)
      return choices.some(textOf(schema))
    case 'number':
      return choices.integer(schema.minimum ?? 0, (schema.minimum ?? 0) + 9) / 2
    case 'boolean':
      return choices.chance(50)
    case 'null':
      return null
    default:
      throw new Error(`no values are known for the schema ${JSON.stringify(schema)}`)
  }
}

const texts = new Map<Schema, () => fc.Arbitrary<string>>()

/** Created once per schema, because fast-check caches arbitraries by the function that builds them. */
function textOf(schema: Schema): () => fc.Arbitrary<string> {
  const { pattern, not, minLength = 0, maxLength = 40 } = schema
  const known = texts.get(schema)
  if (known !== undefined) return known
  const fit =
    pattern === undefined
      ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) })
      : fc.stringMatching(new RegExp(pattern, 'u'))
  const arbitrary = not === undefined ? fit : fit.filter((text) => !not.enum.includes(text))
  const build = () => arbitrary
  texts.set(schema, build)
  return build
}
