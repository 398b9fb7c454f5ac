import Type, { type Static, type TSchema } from 'typebox'
import type { CartStatus } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'

/** The shapes on the wire. Types derive from these schemas, and so do validation and serialisation. */

/** A customer or product id as received; `parseEntityId` has the last word (all-digit strings). */
export const EntityIdIn = Type.Unsafe<EntityId>({
  anyOf: [
    { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[^\\p{C}]{1,64}$' },
  ],
  description: 'An integer >= 1, or a text of 1 to 64 characters; digits alone are an integer.',
})
export const Quantity = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const EntityIdOut = Type.Unsafe<EntityId>({ type: ['integer', 'string'] })
const Time = Type.String({ format: 'date-time' })
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * The body of a request that needs none: absent, `null` or `{}`. Anything else is refused, lest a client believe that
 * it narrows down what is deleted. The OpenAPI document leaves it out.
 */
export const NoBody = Type.Optional(
  Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]),
)

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
  expires_at: Nullable(Time),
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

export const NextCursor = Nullable(
  Type.String({ description: 'Pass as `cursor` for the next page.' }),
)

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
