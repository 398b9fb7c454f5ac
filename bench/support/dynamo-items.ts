import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { cartId, EXPIRES_AT, MADE_AT, productName, UNIT_PRICE } from '../carts.ts'

export type Item = Record<string, AttributeValue>

/** A cart as the service stores it in DynamoDB (docs/design-decisions.md). */
export function cartItem(number: number, lines: number): Item {
  const id = cartId(number)
  const products = Array.from({ length: lines }, (_, i) => i + 1)
  const mapOf = (value: (product: number) => AttributeValue): AttributeValue => ({
    M: Object.fromEntries(products.map((product) => [`p${product}`, value(product)])),
  })
  const made = { N: `${MADE_AT}` }
  return {
    cart_id: { S: id },
    customer_id: { S: `${number}` },
    cart_key: { S: `${String(MADE_AT).padStart(16, '0')}#${id}` },
    currency: { S: 'USD' },
    minor_digits: { N: '2' },
    status: { S: 'active' },
    version: { N: `${lines + 1}` },
    units: { N: `${lines}` },
    created_at: made,
    updated_at: made,
    expires_at: { N: `${EXPIRES_AT / 1000}` },
    qty: mapOf(() => ({ N: '1' })),
    line: mapOf((product) => ({
      M: { n: { S: productName(product) }, p: { N: `${UNIT_PRICE}` }, t: made },
    })),
    changed: mapOf(() => made),
    key_version: { M: {} },
    key_info: { L: [] },
  }
}

/** DescribeTable's response for the service's table. */
export function tableDescription(tableName: string) {
  const index = (name: string, sortKey: string) => ({
    IndexName: name,
    IndexStatus: 'ACTIVE',
    KeySchema: [
      { AttributeName: 'customer_id', KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  })
  return {
    TableName: tableName,
    TableStatus: 'ACTIVE',
    KeySchema: [{ AttributeName: 'cart_id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      index('customer-carts', 'cart_key'),
      index('customer-orders', 'order_key'),
    ],
  }
}
