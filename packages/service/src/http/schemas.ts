import Type, { type Static, type TSchema } from 'typebox'
import type { CartStatus } from '../cart/cart.ts'
import { type EntityId, PATH_STEPS } from '../cart/ids.ts'

/** The shapes of requests and responses. Types, validation, serialisation and the OpenAPI document derive from them. */

/** A customer or product id as received. */
export const EntityIdIn = Type.Unsafe<EntityId>({
  anyOf: [
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[^\\p{C}]{1,64}$', not: { enum: PATH_STEPS } },
  ],
  description:
    'An integer from 1, or a string of 1 to 64 printable characters except `.` and `..`. The string `"42"` and the integer `42` are different ids.',
})
export const Quantity = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const EntityIdOut = Type.Unsafe<EntityId>({ type: ['integer', 'string'] })
const Time = Type.String({ format: 'date-time' })
/** One schema with two types, because the serialiser would validate every value against a union of two schemas. */
const NullableText = (options: object) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options })

/**
 * The body of a request that needs none: absent, `null` or `{}`. Anything else is refused, because a client could believe
 * that it limits what is deleted. The OpenAPI document omits it.
 */
export const NoBody = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]),
)

/** The query of a request without parameters. */
export const NoQuery = Type.Object({}, { additionalProperties: false })

/** A response without a body. */
export const NoContent = Type.Unsafe<undefined>({ description: 'No body' })

/** A response that the route sends as JSON text; the schema only documents it. */
export function asText(schema: TSchema) {
  return Type.Unsafe<string>(schema)
}

export const LineOut = Type.Object({
  product_id: EntityIdOut,
  product_name: Type.String(),
  product_price: Type.Number({
    description: 'Price of one unit when the product was first added.',
  }),
  quantity: Type.Integer(),
  created_at: Time,
  updated_at: Time,
  warnings: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.Unsafe<'PRICE_CHANGED' | 'PRODUCT_UNAVAILABLE'>({
          type: 'string',
          enum: ['PRICE_CHANGED', 'PRODUCT_UNAVAILABLE'],
        }),
        message: Type.String(),
        current_price: Type.Optional(Type.Number()),
      }),
      { description: 'Present if the catalog has changed since the product was added.' },
    ),
  ),
})

export const CartOut = Type.Object({
  shopping_cart_id: Type.String({ format: 'uuid' }),
  customer_id: EntityIdOut,
  status: Type.Unsafe<CartStatus>({ type: 'string', enum: ['active', 'checked_out', 'merged'] }),
  version: Type.Integer({ description: '1 when created; every change adds 1.' }),
  items: Type.Array(LineOut),
  item_count: Type.Integer({ description: 'Number of units in all lines.' }),
  total_amount: Type.Number(),
  currency: Type.String(),
  created_at: Time,
  updated_at: Time,
  expires_at: NullableText({ format: 'date-time' }),
})

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

export const ProductOut = Type.Object({
  product_id: EntityIdOut,
  name: Type.String(),
  category: Type.String(),
  description: Type.String(),
  brand: Type.String(),
  price: Type.Number(),
  currency: Type.String(),
})

export const NextCursor = NullableText({
  description: 'Pass it as `cursor` to get the next page; null on the last page.',
})

export const CartPath = Type.Object({ id: Type.String() })

/** Parameters of lists. The page size is a string, because a query string has no numbers. */
export const PageQuery = {
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
}

export type CartJson = Static<typeof CartOut>
export type LineJson = Static<typeof LineOut>
export type OrderJson = Static<typeof OrderOut>
export type ProductJson = Static<typeof ProductOut>
