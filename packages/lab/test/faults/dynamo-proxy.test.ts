import { afterEach, beforeEach, expect, test } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { DYNAMO_FAULTS, type FaultProxy, startDynamoProxy } from '../../src/faults/dynamo-proxy.ts'
import { planFaults } from '../../src/faults/fault-plan.ts'
import { type Faults, openFaults } from '../../src/faults/faults.ts'
import type { ReplicaOptions } from '../../src/faults/replicas.ts'

const dynamo = useDynamo()
let table = ''
let proxy: FaultProxy | undefined

beforeEach(() => {
  table = dynamo.newTableName()
})
afterEach(() => proxy?.[Symbol.asyncDispose]())

/** A proxy with a manual clock, milliseconds. */
async function start(faults: readonly string[], options: ReplicaOptions = {}) {
  const planned = openFaults(planFaults(1, faults, 1))
  proxy = await startDynamoProxy({ target: dynamo.endpoint(), faults: planned, ...options })
  await ask('CreateTable', {
    AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'owners',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const status = async () => (await ask('DescribeTable', {})).body.Table.TableStatus
  await expect.poll(status).toBe('ACTIVE')
  return planned
}

function post(url: string, operation: string, input: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a',
    },
    body: JSON.stringify({ TableName: table, ...input }),
  })
}

/** The parts of responses that the tests read. */
interface Body {
  readonly Table: { readonly TableStatus: string }
  readonly Item: { readonly n: { readonly N: string } }
  readonly Items: readonly unknown[]
  readonly Responses: Readonly<Record<string, readonly unknown[]>>
}

/** Sends a request through the proxy. */
async function ask(operation: string, input: object) {
  const response = await post(proxy?.url ?? '', operation, input)
  return { status: response.status, body: (await response.json()) as Body }
}

const Key = { id: { S: 'x' } }
const put = (n: number) =>
  ask('PutItem', { Item: { ...Key, owner: { S: 'me' }, n: { N: `${n}` } } })
const UP = {
  Key,
  UpdateExpression: 'ADD n :one',
  ExpressionAttributeValues: { ':one': { N: '1' } },
}

/** The stored item, bypassing the proxy. */
async function stored(): Promise<string | undefined> {
  const response = await post(dynamo.endpoint(), 'GetItem', { Key, ConsistentRead: true })
  return ((await response.json()) as { Item?: { n: { N: string } } }).Item?.n.N
}

/** Begins the recording, in the window of the fault. */
function strike(faults: Faults) {
  faults.begin(() => 0)
  return faults
}

test('a lagging replica serves eventual reads, but not strong reads', async () => {
  const faults = await start([], { lagsMs: [60_000] })
  await put(1)
  strike(faults)
  await put(2)
  expect((await ask('GetItem', { Key, ConsistentRead: true })).body.Item.n.N).toBe('2')
  expect((await ask('GetItem', { Key })).body.Item).toBeUndefined()
  const batch = (ConsistentRead: boolean) =>
    ask('BatchGetItem', { RequestItems: { [table]: { Keys: [Key], ConsistentRead } } })
  expect((await batch(false)).body.Responses[table]).toEqual([])
  expect((await batch(true)).body.Responses[table]).toHaveLength(1)
  expect(faults.during(0, 0)).toEqual(['replica_lag'])
  faults.end()
  expect((await ask('GetItem', { Key })).body.Item.n.N).toBe('2')
})

test('copies that lag anew do not show what was written before', async () => {
  let lagsSince: number | undefined = 1
  const faults = await start([], { lagsMs: [60_000], lagsSince: () => lagsSince })
  strike(faults)
  await put(1)
  expect((await ask('GetItem', { Key })).body.Item).toBeUndefined()
  lagsSince = undefined
  expect((await ask('GetItem', { Key })).body.Item.n.N).toBe('1')
  // Past the proxy, as shoppers write while no fault is on.
  await post(dynamo.endpoint(), 'UpdateItem', UP)
  lagsSince = 2
  expect((await ask('GetItem', { Key })).body.Item.n.N).toBe('2')
})

test('a lagging index omits recent entries', async () => {
  const faults = await start([], { indexLagMs: 60_000 })
  strike(faults)
  await put(1)
  const query = () =>
    ask('Query', {
      IndexName: 'owners',
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: 'me' } },
      Limit: 10,
    })
  expect((await query()).body.Items).toEqual([])
  expect(faults.during(0, 0)).toEqual(['index_lag'])
  faults.end()
  expect((await query()).body).toMatchObject({ Items: [{ id: { S: 'x' } }], Count: 1 })
})

test.each(DYNAMO_FAULTS)('%s affects a write as its name says', async (fault) => {
  const faults = await start([fault])
  await put(1)
  strike(faults)
  const answer = await ask('UpdateItem', UP).catch(() => undefined)
  const expected = {
    throttled: [400, '1'],
    server_error: [500, '1'],
    request_dropped: [undefined, '1'],
    connection_reset: [undefined, '1'],
    reply_dropped: [undefined, '2'],
    latency: [200, '2'],
    duplicate_delivery: [200, '3'],
  }[fault]
  expect(answer?.status).toBe(expected[0])
  await expect.poll(stored).toBe(expected[1])
  await expect.poll(() => faults.during(0, 0)).toEqual([fault])
})
