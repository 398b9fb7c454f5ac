import { setTimeout as sleep } from 'node:timers/promises'
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from './attributes.ts'
import type { Clients } from './clients.ts'
import { isSafeToResend, mayHaveHappened } from './errors.ts'
import { jitter } from './retry.ts'
import type { Update } from './updates.ts'

export type Outcome = Made<Item> | Refused

export interface Made<T> {
  /** Of an update, the attributes that were set, as they are now. */
  readonly made: T
}

/** A condition was not met. */
export interface Refused {
  readonly made: undefined
  /** The item that did not meet it; absent when there is none, or when the endpoint does not say. */
  readonly item: Item | undefined
  /** How the answer to an earlier copy of this request was lost, if one was. */
  readonly lost: unknown
}

/**
 * Sends an update of one cart, and sends it again after a failure that certainly changed nothing. If it is
 * `repeatable` (a second one has no effect after a first), also after one that leaves it open: a timeout, a lost
 * connection, a 5xx. An add without a key is not: the SDK's own retries, which follow all of these, could
 * apply it twice, so the client used here has them switched off.
 *
 * Rejects with the first failure that left it open whether the update was made, or else with the last one.
 */
export async function send(
  clients: Clients,
  cartId: string,
  update: Update,
  { repeatable }: { readonly repeatable: boolean },
): Promise<Outcome> {
  const command = new UpdateItemCommand({
    TableName: clients.tableName,
    Key: { cart_id: { S: cartId } },
    ...expressionsOf(update),
    ReturnValues: 'UPDATED_NEW',
    // Saves a read and a race. dynalite passes over it, so callers read where `item` is missing.
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  return untilAnswered(clients, repeatable, async () => {
    return (await clients.once.send(command)).Attributes ?? {}
  })
}

/** Makes a conditional change with the client `once`, as `send` says. */
export async function untilAnswered<T>(
  { attempts }: Clients,
  repeatable: boolean,
  change: () => Promise<T>,
): Promise<Made<T> | Refused> {
  let lost: unknown
  for (let attempt = 1; ; attempt++) {
    try {
      return { made: await change() }
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { made: undefined, item: error.Item, lost }
      }
      if (mayHaveHappened(error)) lost ??= error
      if (attempt >= attempts || !mayResend(error, repeatable)) throw lost ?? error
      await sleep(jitter(attempt, { base: 50, most: 1_000 }))
    }
  }
}

function mayResend(error: unknown, repeatable: boolean): boolean {
  return isSafeToResend(error) || (repeatable && mayHaveHappened(error))
}

/** The update in DynamoDB's language. */
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
