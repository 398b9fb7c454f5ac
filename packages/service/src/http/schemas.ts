import Type, { type Static, type TSchema } from 'typebox'
import {
  ATTRIBUTES_RULE,
  type Attributes,
  MAX_ATTRIBUTE_NAME,
  MAX_ATTRIBUTE_VALUE,
  MAX_ATTRIBUTES,
} from '../cart/attributes.ts'
import type { CartStatus } from '../cart/cart.ts'
import { type EntityId, PATH_STEPS } from '../cart/ids.ts'

/**
 * The shapes of requests and responses. Types, validation, serialisation and the OpenAPI document derive from them. Where the
 * document needs another form, the keyword `documented` has it.
 */

/** Names a schema as a component of the OpenAPI document, to which operations refer. */
export function named<T extends TSchema>(schema: T, title: string, description?: string): T {
  return Object.assign(schema, { title, ...(description !== undefined && { description }) })
}

/** The schema of a response, with the description that the OpenAPI document shows. */
export function response<T extends TSchema>(description: string, schema: T): T {
  return { ...schema, 'x-response-description': description }
}

/** A customer or product id as received. */
export const EntityIdIn = Type.Unsafe<EntityId>({
  anyOf: [
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[^\\p{C}]{1,64}$', not: { enum: PATH_STEPS } },
  ],
  description:
    'An integer from 1, or a string of 1 to 64 printable characters except `.` and `..`. The string `"42"` and the integer `42` are different ids.',
})
named(EntityIdIn, 'EntityId')

/** A customer or product id in a path or query. `parseIdText` checks it. */
export const EntityIdText = Type.Unsafe<string>({
  type: 'string',
  documented: {
    type: 'string',
    minLength: 1,
    maxLength: 66,
    pattern: '^([^\\p{C}]{1,64}|"+[1-9][0-9]{0,15}"+)$',
    not: { enum: PATH_STEPS },
    description:
      'An id, percent-encoded. `42` is the integer, `"42"` with quotes is the string `42`, any other text is that string.',
  },
})

export const Quantity = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** One schema with two types, because the serialiser would validate every value against a union of two schemas. */
export const EntityIdOut = Type.Unsafe<EntityId>({
  type: ['integer', 'string'],
  documented: EntityIdIn,
})
const Time = Type.String({ format: 'date-time' })
/** One schema for the same reason. */
const NullableText = (options: object) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options })

/** Names of the schemas of bodies that may be absent. */
const EMPTY_BODY = 'EmptyBody'
export const CHECKOUT_BODY = 'Checkout'
export const OPTIONAL_BODIES: readonly string[] = [EMPTY_BODY, CHECKOUT_BODY]

/**
 * The body of a request that needs none: absent, `null` or `{}`. Anything else is refused, because a client could believe
 * that it limits what is deleted. The OpenAPI document omits it for DELETE.
 */
export const NoBody = Type.Optional(
  Type.Unsafe<object | null>({
    type: ['object', 'null'],
    additionalProperties: false,
    documented: {
      title: EMPTY_BODY,
      type: 'object',
      additionalProperties: false,
      description: 'An object without members. The body may be absent too.',
    },
  }),
)

/** The query of a request without parameters. */
export const NoQuery = Type.Object({}, { additionalProperties: false })

/** A response without a body. */
export const NoContent = Type.Unsafe<undefined>({ type: 'null' })

/** A response that the route sends as JSON text; the schema only documents it. */
export function asText(schema: TSchema) {
  return Type.Unsafe<string>(schema)
}

/** The attributes of a line as received. `parseAttributes` checks them. */
export const AttributesIn = Type.Unsafe<Attributes>({
  type: 'object',
  additionalProperties: { type: 'string' },
  documented: {
    title: 'Attributes',
    type: 'object',
    maxProperties: MAX_ATTRIBUTES,
    propertyNames: { minLength: 1, maxLength: MAX_ATTRIBUTE_NAME },
    additionalProperties: { type: 'string', minLength: 1, maxLength: MAX_ATTRIBUTE_VALUE },
    description: `What distinguishes a line from others of its product, such as a size or a gift note: ${ATTRIBUTES_RULE}.`,
    example: { size: 'M' },
  },
})

export const Warning = Type.Object({
  code: Type.Unsafe<'PRICE_CHANGED' | 'PRODUCT_UNAVAILABLE' | 'CURRENCY_CHANGED'>({
    type: 'string',
    enum: ['PRICE_CHANGED', 'PRODUCT_UNAVAILABLE', 'CURRENCY_CHANGED'],
  }),
  message: Type.String(),
  current_price: Type.Optional(Type.Number()),
})

export const LineOut = Type.Object({
  product_id: EntityIdOut,
  line_id: Type.String({
    description:
      'Addresses the line. The same product with the same attributes has the same id in every cart.',
  }),
  product_name: Type.String(),
  product_price: Type.Number({
    description: 'Price of one unit when the line was added, or when its price was last accepted.',
  }),
  quantity: Type.Integer(),
  created_at: Time,
  updated_at: Time,
  attributes: Type.Optional(
    Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Absent if there are none.',
    }),
  ),
  warnings: Type.Optional(
    Type.Array(Warning, {
      description: 'Present if the catalog has changed since the product was added.',
    }),
  ),
})

named(
  LineOut,
  'Line',
  'One product in a cart or order, with the name and price of when it was added.',
)

export const CartOut = Type.Object({
  shopping_cart_id: Type.String({ format: 'uuid' }),
  customer_id: EntityIdOut,
  status: Type.Unsafe<CartStatus>({ type: 'string', enum: ['active', 'checked_out', 'merged'] }),
  version: Type.Integer({ description: '1 when created; every change adds 1.' }),
  items: Type.Array(LineOut),
  item_count: Type.Integer({ description: 'Number of units in all lines.' }),
  total_amount: Type.Number(),
  currency: Type.String({ description: 'ISO 4217 code. A cart keeps that of its creation.' }),
  created_at: Time,
  updated_at: Time,
  expires_at: NullableText({ format: 'date-time' }),
})

named(CartOut, 'Cart')

export const OrderOut = Type.Object({
  order_id: Type.String({
    format: 'uuid',
    description: 'The id of the cart that was checked out.',
  }),
  customer_id: EntityIdOut,
  items: Type.Array(LineOut),
  item_count: Type.Integer(),
  total_amount: Type.Number(),
  currency: Type.String(),
  ordered_at: Time,
})

named(OrderOut, 'Order', 'A cart that was checked out. It never changes.')

export const ProductOut = Type.Object({
  product_id: EntityIdOut,
  name: Type.String(),
  category: Type.String(),
  description: Type.String(),
  brand: Type.String(),
  price: Type.Number(),
  currency: Type.String(),
})

named(ProductOut, 'Product')

export const NextCursor = NullableText({
  description: 'Pass it as `cursor` to get the next page; null on the last page.',
})

/** The response of a route that creates a cart. */
export const CreatedOut = Type.Object({ shopping_cart_id: Type.String({ format: 'uuid' }) })
named(CreatedOut, 'CreatedCart')

/** The id of a cart or order in a path. What is not a UUID is not found. */
export const CartIdText = Type.Unsafe<string>({
  type: 'string',
  documented: { type: 'string', format: 'uuid', description: 'Id of the cart.' },
})
export const CartPath = Type.Object({ id: CartIdText })

/** An integer in a query string, where it is text. The code checks its range. */
export function queryInteger(digits: number, documented: object) {
  return Type.Optional(
    Type.Unsafe<string>({
      type: 'string',
      pattern: `^[0-9]{1,${digits}}$`,
      documented: { type: 'integer', ...documented },
    }),
  )
}

/**
 * Parameters of lists.
 *
 * @param max maximum page size
 */
export function pageQuery(max: number) {
  return {
    limit: queryInteger(9, {
      minimum: 1,
      maximum: max,
      default: defaultLimit(max),
      description: 'Maximum number of items of the page.',
    }),
    cursor: Type.Optional(
      Type.String({ maxLength: 512, description: '`next_cursor` of the page before.' }),
    ),
  }
}

/** Page size of a request that does not say. */
export function defaultLimit(max: number): number {
  return Math.min(20, max)
}

export type CartJson = Static<typeof CartOut>
export type LineJson = Static<typeof LineOut>
export type OrderJson = Static<typeof OrderOut>
export type ProductJson = Static<typeof ProductOut>
