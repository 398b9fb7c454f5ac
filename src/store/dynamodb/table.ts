import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

/**
 * The one definition of the table: what is made, and what a table that is there already is checked against.
 *
 * One item per cart under `cart_id`, without a sort key: a cart is read and written whole, and UUIDs
 * spread evenly over partitions. A checked-out cart is its own order, so there is no second item and
 * nothing that would need a transaction.
 */

/** A customer's carts in the order of creation; `cart_key` is the time and the cart id. */
export const CUSTOMER_CARTS = 'customer-carts'

/** A customer's orders. Sparse: only checked-out carts carry `order_key`. */
export const CUSTOMER_ORDERS = 'customer-orders'

/** The TTL attribute, epoch seconds. Carts lose it at checkout: orders never expire. */
export const TTL_ATTRIBUTE = 'expires_at'

/**
 * What CreateTable is asked for. Both indexes hold keys only, and keys that never change: a change of a
 * cart writes the item and no index, but for checkout, which makes the entry among the orders.
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
