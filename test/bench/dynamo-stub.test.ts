import {
  BatchGetItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cartId, LINES, productName } from '../../bench/carts.ts'
import { dynamoAnswers } from '../../bench/support/dynamo-answers.ts'
import { startDynamoStub } from '../../bench/support/dynamo-stub.ts'
import type { CartStore } from '../../packages/service/src/store/cart-store.ts'
import { openDynamoStore } from '../../packages/service/src/store/dynamodb/dynamo-store.ts'

const TableName = 'carts'
let stub: Awaited<ReturnType<typeof startDynamoStub>>
let client: DynamoDBClient
let store: CartStore

beforeAll(async () => {
  stub = await startDynamoStub(dynamoAnswers(3, LINES))
  const clientConfig = {
    endpoint: stub.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  client = new DynamoDBClient(clientConfig)
  store = await openDynamoStore({ tableName: TableName, clientConfig })
})
afterAll(async () => {
  await store?.close()
  client?.destroy()
  await stub?.stop()
})

const keyOf = (number: number) => ({ cart_id: { S: cartId(number) } })

describe('the DynamoDB stub, called by the SDK', () => {
  it('has the carts', async () => {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(1) }))
    expect(Item).toMatchObject({ ...keyOf(1), version: { N: '6' }, units: { N: '5' } })
    const missing = await client.send(new GetItemCommand({ TableName, Key: keyOf(9) }))
    expect(missing.Item).toBeUndefined()
  })

  it('returns the existing items of a batch', async () => {
    const Keys = [1, 9, 2].map(keyOf)
    const command = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } })
    const { Responses, UnprocessedKeys } = await client.send(command)
    expect(Responses?.[TableName]?.map(({ cart_id }) => cart_id?.S)).toEqual([cartId(1), cartId(2)])
    expect(UnprocessedKeys).toEqual({})
  })

  it('applies an update to version and units, and returns them', async () => {
    const update = new UpdateItemCommand({
      TableName,
      Key: keyOf(3),
      ExpressionAttributeValues: { ':units': { N: '4' } },
    })
    const { Attributes } = await client.send(update)
    expect(Attributes).toEqual({ version: { N: '7' }, units: { N: '9' } })
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(3) }))
    expect(Item).toMatchObject({ version: { N: '7' }, units: { N: '9' } })
  })

  it('stores a put item, and returns no list', async () => {
    await client.send(new PutItemCommand({ TableName, Item: keyOf(7) }))
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(7) }))
    expect(Item).toEqual(keyOf(7))
    expect((await client.send(new QueryCommand({ TableName }))).Items).toEqual([])
  })

  it('describes an active table', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }))
    expect(Table).toMatchObject({ TableName, TableStatus: 'ACTIVE' })
  })

  it('refuses an unknown operation', async () => {
    const scan = client.send(new ScanCommand({ TableName }))
    await expect(scan).rejects.toMatchObject({ name: 'UnknownOperationException' })
  })
})

describe('the DynamoDB stub, called by the service', () => {
  it('passes as the service’s table with its carts', async () => {
    const cart = await store.getCart(cartId(2), { now: Date.now(), consistency: 'eventual' })
    expect(cart).toMatchObject({ version: LINES + 1, status: 'active', customerId: 2 })
    expect(cart.lines.map(({ productName: name }) => name)).toEqual(
      [1, 2, 3, 4, 5].map(productName),
    )
  })

  it('applies an add', async () => {
    const now = Date.now()
    const line = { productId: 1, productName: productName(1), unitPrice: 1, quantity: 2 }
    const limits = { maxLineQuantity: 1000, maxLines: 100, maxUnits: 10_000 }
    const change = { now, expiresAt: now + 60_000, currency: { code: 'USD', digits: 2 }, limits }
    const changed = await store.addLines(cartId(2), [line], change)
    expect(changed).toEqual({ version: LINES + 2, replayed: false })
  })
})
