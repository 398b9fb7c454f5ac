import Type, { type Static } from 'typebox'
import type { CartStatus } from '../cart/cart.ts'
import { type EntityId, PATH_STEPS } from '../cart/ids.ts'

/** The shapes on the wire. Types derive from these schemas, and so do validation and serialisation. */

/** A customer or product id as received; `parseEntityId` has the last word (all-digit strings). */
export const EntityIdIn = Type.Unsafe<EntityId>({
  anyOf: [
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[^\\p{C}]{1,64}$', not: { enum: PATH_STEPS } },
  ],
  description:
    'An integer >= 1, or a text of 1 to 64 printable characters other than `.` and `..`; digits alone are an integer.',
})
export const Quantity = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const EntityIdOut = Type.Unsafe<EntityId>({ type: ['integer', 'string'] })
const Time = Type.String({ format: 'date-time' })
/** One schema of two types and no union of two schemas: the serialiser would validate every value to tell them apart. */
const NullableText = (options: object) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options })

/**
 * The body of a request that needs none: absent, `null` or `{}`. Anything else is refused, lest a client believe that
 * it narrows down what is deleted. The OpenAPI document leaves it out.
 */
export const NoBody = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]),
)

/** The query of a request that takes none. */
export const NoQuery = Type.Object({}, { additionalProperties: false })

/** An answer without a body. */
export const NoContent = Type.Unsafe<undefined>({ description: 'No body' })

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
      { description: 'Present when the catalog has changed since the product was added.' },
    ),
  ),
})

export const CartOut = Type.Object({
  shopping_cart_id: Type.String({ format: 'uuid' }),
  customer_id: EntityIdOut,
  status: Type.Unsafe<CartStatus>({ type: 'string', enum: ['active', 'checked_out', 'merged'] }),
  version: Type.Integer({ description: '1 when created; every change adds exactly one.' }),
  items: Type.Array(LineOut),
  item_count: Type.Integer({ description: 'Units of all lines together.' }),
  total_amount: Type.Number(),
  currency: Type.String(),
  created_at: Time,
  updated_at: Time,
  expires_at: NullableText({ format: 'date-time' }),
})

export const OrderOut = Type.Object({
  order_id: Type.String({ format: 'uuid', description: 'The id of the cart it was.' }),
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

export const NextCursor = NullableText({ description: 'Pass as `cursor` for the next page.' })

export const CartPath = Type.Object({ id: Type.String() })

/** What lists take: page size as text, since a query string has no numbers. */
export const PageQuery = {
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
}

export type CartJson = Static<typeof CartOut>
export type LineJson = Static<typeof LineOut>
export type OrderJson = Static<typeof OrderOut>
export type ProductJson = Static<typeof ProductOut>
