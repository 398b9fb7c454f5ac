import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

/**
 * The definition of the table, for creating it and for validating an existing one.
 *
 * One item per cart under `cart_id`, without a sort key: a cart is read and written as a whole, and UUIDs spread evenly over
 * partitions. A checked-out cart is its own order, so that there is no second item and no need for a transaction.
 */

/** A customer's carts in order of creation; `cart_key` is the time plus the cart id. */
export const CUSTOMER_CARTS = 'customer-carts'

/** A customer's orders. Sparse: only checked-out carts have `order_key`. */
export const CUSTOMER_ORDERS = 'customer-orders'

/** The TTL attribute, seconds since the epoch. Checkout removes it, because orders never expire. */
export const TTL_ATTRIBUTE = 'expires_at'

/**
 * The input of CreateTable. Both indexes have keys only, and these never change: a change of a cart writes the item and no
 * index, except for checkout, which adds an index entry for the order.
 */
export function tableDefinition(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'cart_id', AttributeType: 'S' },
      { AttributeName: 'customer_id', AttributeType: 'S' },
      { AttributeName: 'cart_key', AttributeType: 'S' },
      { AttributeName: 'order_key', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'cart_id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      customerIndex(CUSTOMER_CARTS, 'cart_key'),
      customerIndex(CUSTOMER_ORDERS, 'order_key'),
    ],
  } satisfies CreateTableCommandInput
}

function customerIndex(name: string, sortKey: string) {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: 'customer_id', KeyType: 'HASH' as const },
      { AttributeName: sortKey, KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  }
}
