import type { StoredCart } from '../protocol.ts'

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.GetItem',
  // The embedded DynamoDB requires a signature and does not verify it.
  authorization:
    'AWS4-HMAC-SHA256 Credential=embedded/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
}

/**
 * Reads a cart's item from an embedded DynamoDB.
 *
 * @param endpoint not through a fault proxy
 */
export async function readStoredItem(
  endpoint: string,
  table: string,
  cart: string,
): Promise<StoredCart | null> {
  const body = JSON.stringify({
    TableName: table,
    Key: { cart_id: { S: cart } },
    ConsistentRead: true,
  })
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: HEADERS,
    body,
    signal: AbortSignal.timeout(2000),
  })
  const { Item: item } = (await response.json()) as { Item?: unknown }
  return item === undefined ? null : { kind: 'item', item }
}
