import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { CartError } from '../../cart/errors.ts'
import { isNamed } from './errors.ts'
import { TTL_ATTRIBUTE, tableDefinition } from './table.ts'

/**
 * Creates the table if it is missing, waits until it is active and enables TTL. Several instances may do so concurrently.
 */
export async function ensureTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  if ((await describe(client, tableName)) === undefined) {
    try {
      await client.send(new CreateTableCommand(tableDefinition(tableName)))
    } catch (error) {
      // Another instance was first.
      if (!isNamed(error, 'ResourceInUseException')) throw error
    }
    await waitUntilKnown(client, tableName)
  }
  const table = await checkTable(client, tableName)
  await ensureTimeToLive(client, tableName)
  return table
}

/**
 * Waits until the table is active and validates it. STORE_MISCONFIGURED when it is missing, or when its keys or indexes
 * differ from `tableDefinition`.
 */
export async function checkTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  const table = await waitUntilActive(client, tableName)
  const wanted = tableDefinition(tableName)
  if (!sameKeys(table.KeySchema, wanted.KeySchema)) {
    throw misconfigured(`The table "${tableName}" must have the key cart_id and no sort key.`)
  }
  for (const index of wanted.GlobalSecondaryIndexes) {
    const found = table.GlobalSecondaryIndexes?.find((each) => each.IndexName === index.IndexName)
    if (sameKeys(found?.KeySchema, index.KeySchema)) continue
    const has = found === undefined ? 'has no such index' : `has it on ${namesOf(found.KeySchema)}`
    throw misconfigured(
      `The index "${index.IndexName}" must be on ${namesOf(index.KeySchema)}, but the table "${tableName}" ${has}: it was created for another version. Name a new table and start with --migrate.`,
    )
  }
  return table
}

const POLL_MS = 500
/** Two minutes; a new table usually takes less than ten seconds. */
const POLLS = 240

async function waitUntilActive(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  for (let poll = 1; poll <= POLLS; poll++) {
    const table = await describe(client, tableName)
    if (table === undefined) {
      throw misconfigured(
        `There is no table "${tableName}" in this account and region; start with --migrate to create it.`,
      )
    }
    if (isActive(table)) return table
    await sleep(Math.min(POLL_MS, 10 * 2 ** poll))
  }
  throw new CartError('STORE_UNAVAILABLE', `The table "${tableName}" is still not active.`)
}

/** DescribeTable is eventually consistent and may not find a table right after CreateTable. */
async function waitUntilKnown(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let poll = 1; poll <= POLLS; poll++) {
    if ((await describe(client, tableName)) !== undefined) return
    await sleep(Math.min(POLL_MS, 10 * 2 ** poll))
  }
}

async function describe(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    return Table
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

function isActive({ TableStatus, GlobalSecondaryIndexes }: TableDescription): boolean {
  const usable = ['ACTIVE', 'UPDATING']
  return (
    usable.includes(TableStatus ?? '') &&
    (GlobalSecondaryIndexes ?? []).every((index) => usable.includes(index.IndexStatus ?? ''))
  )
}

/** TTL only frees space; the store itself ignores expired carts. */
async function ensureTimeToLive(client: DynamoDBClient, tableName: string): Promise<void> {
  if (await hasTimeToLive(client, tableName)) return
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      }),
    )
  } catch (error) {
    // dynalite has no TTL, so expired carts stay on disk.
    if (isNamed(error, 'UnknownOperationException')) return
    // Another instance was first, which DynamoDB reports as a ValidationException.
    if (!(await hasTimeToLive(client, tableName))) throw error
  }
}

async function hasTimeToLive(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const { TimeToLiveDescription: ttl } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: tableName }),
  )
  const on = ttl?.TimeToLiveStatus === 'ENABLED' || ttl?.TimeToLiveStatus === 'ENABLING'
  return on && ttl.AttributeName === TTL_ATTRIBUTE
}

function sameKeys(found: KeySchemaElement[] | undefined, wanted: readonly KeySchemaElement[]) {
  const plain = (keys: readonly KeySchemaElement[] = []) =>
    keys.map((key) => [key.AttributeName, key.KeyType])
  return isDeepStrictEqual(plain(found), plain(wanted))
}

function namesOf(keys: readonly KeySchemaElement[] = []): string {
  return keys.map((key) => key.AttributeName).join(', ')
}

function misconfigured(message: string): CartError {
  return new CartError('STORE_MISCONFIGURED', message)
}
