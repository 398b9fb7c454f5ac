import type { Side } from '../../cart/residence.ts'
import type { Client } from './client.ts'
import { isNamed } from './errors.ts'

/** An id that no cart has and no write creates. */
const NO_CART = { S: '00000000-0000-0000-0000-000000000000' }

/**
 * The operations of a move that the credentials may not call. Each is tried without an effect: a write on a condition that no
 * item meets. Costs one write unit per write.
 */
export async function missingRights(client: Client, role: Side): Promise<string[]> {
  const { tableName: TableName } = client
  const Key = { cart_id: NO_CART }
  const never = { TableName, ConditionExpression: 'attribute_exists(cart_id)' }
  const trials: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['Scan', () => client.request('Scan', { TableName, Limit: 1 })],
    ['GetItem', () => client.request('GetItem', { TableName, Key })],
    ['PutItem', () => client.request('PutItem', { ...never, Item: Key })],
    [
      'UpdateItem',
      () => client.request('UpdateItem', { ...never, Key, UpdateExpression: 'REMOVE sealed' }),
    ],
    // Traces are removed from the source, on the way back.
    ...(role === 'source'
      ? [['DeleteItem', () => client.request('DeleteItem', { ...never, Key })] as const]
      : []),
  ]
  const missing: string[] = []
  for (const [operation, attempt] of trials)
    if (await isDenied(client, attempt))
      missing.push(`dynamodb:${operation} on the table ${TableName}`)
  return missing
}

async function isDenied(client: Client, attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await client.resend(attempt, { repeatable: true })
    return false
  } catch (error) {
    if (isNamed(error, 'AccessDeniedException')) return true
    if (isNamed(error, 'ConditionalCheckFailedException')) return false
    throw error
  }
}
