import type { Item } from './attributes.ts'
import type { Client } from './client.ts'
import { refusedItem } from './errors.ts'
import type { Update } from './updates.ts'

export type UpdateResult = Made<Item> | Refused

export interface Made<T> {
  /** Of an update, the attributes that were set, as they are now. */
  readonly made: T
}

/** The condition was not met. */
export interface Refused {
  readonly made: undefined
  /** The item that did not meet the condition; absent when there is no item or the endpoint does not return it. */
  readonly item: Item | undefined
  /** The failure by which the response to an earlier copy of this request was lost, if one was. */
  readonly lost: unknown
}

/**
 * Sends an update of one cart, and sends it again after a failure that certainly changed nothing. A `repeatable` update (a
 * second copy has no effect after the first) is also sent again after a failure that may have changed something: a timeout,
 * a lost connection, a 5xx. An add without a key is not repeatable: a second copy could add twice.
 *
 * Rejects with the first failure after which the update may have been made; if there is none, with the last failure.
 */
export async function send(
  client: Client,
  cartId: string,
  update: Update,
  { repeatable }: { readonly repeatable: boolean },
): Promise<UpdateResult> {
  const input = {
    TableName: client.tableName,
    Key: { cart_id: { S: cartId } },
    ...expressionsOf(update),
    ReturnValues: 'UPDATED_NEW' as const,
    // Saves a read and a race. dynalite ignores it, so callers read the item if it is missing.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
  return untilAnswered(client, repeatable, async () => {
    return (await client.request('UpdateItem', input)).Attributes ?? {}
  })
}

/** Makes a conditional change; see `send`. */
export async function untilAnswered<T>(
  { resend, complete }: Client,
  repeatable: boolean,
  change: () => Promise<T>,
): Promise<Made<T> | Refused> {
  let lost: unknown
  const note = (error: unknown) => {
    lost ??= error
  }
  try {
    return { made: await resend(change, { repeatable, lost: note }) }
  } catch (error) {
    const refused = refusedItem(error)
    if (refused === undefined) throw lost ?? error
    return { made: undefined, item: refused.item && complete(refused.item), lost }
  }
}

/** The update as DynamoDB's expressions. */
export function expressionsOf({ set, remove = [], when, names, values }: Update) {
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
  ]
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: when.join(' AND '),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
    ExpressionAttributeValues: { ...values },
  }
}
