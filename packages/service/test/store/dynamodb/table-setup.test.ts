import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientConfigFor, useDynamo } from '../../../../../test/support/dynamodb.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { tableDefinition } from '../../../src/store/dynamodb/table.ts'
import { create, strong } from '../../contract/fixtures.ts'
import { startFaultProxy } from './fault-proxy.ts'

const dynamo = useDynamo()
let client: DynamoDBClient
beforeAll(() => {
  client = new DynamoDBClient(dynamo.clientConfig())
})
afterAll(() => client.destroy())

const open = (tableName: string, migrate: boolean) =>
  openDynamoStore({ tableName, migrate, clientConfig: dynamo.clientConfig() })

describe('opening a store', () => {
  it('creates the table according to its definition', async () => {
    const tableName = dynamo.newTableName()
    await (await open(tableName, true)).close()
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
    const { GlobalSecondaryIndexes, ...definition } = tableDefinition(tableName)
    expect(Table).toMatchObject({
      TableName: definition.TableName,
      KeySchema: definition.KeySchema,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    })
    expect(Table?.GlobalSecondaryIndexes).toEqual(
      expect.arrayContaining(GlobalSecondaryIndexes.map((index) => expect.objectContaining(index))),
    )
  })

  it('works for ten instances that start concurrently, and keeps existing data', async () => {
    const tableName = dynamo.newTableName()
    const stores = await Promise.all(Array.from({ length: 10 }, () => open(tableName, true)))
    const [first, last] = [stores[0], stores.at(-1)]
    if (first === undefined || last === undefined) throw new Error('no stores')
    const cartId = await create(first)
    expect((await last.getCart(cartId, strong())).cartId).toBe(cartId)
    const later = await open(tableName, true)
    expect((await later.getCart(cartId, strong())).cartId).toBe(cartId)
    for (const store of [...stores, later]) await store.close()
  })

  it('names a missing table', async () => {
    await expect(open('no-such-table', false)).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining('"no-such-table"'),
    })
  })

  it.each([false, true])('refuses a table with other keys (migrate: %s)', async (migrate) => {
    const tableName = dynamo.newTableName()
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    )
    await expect(open(tableName, migrate)).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining(`"${tableName}"`),
    })
  })

  it('refuses a table without one of the indexes', async () => {
    const { AttributeDefinitions, GlobalSecondaryIndexes, ...rest } = tableDefinition(
      dynamo.newTableName(),
    )
    await client.send(
      new CreateTableCommand({
        ...rest,
        AttributeDefinitions: AttributeDefinitions.slice(0, 3),
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.slice(0, 1),
      }),
    )
    await expect(open(rest.TableName, false)).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining('"customer-orders"'),
    })
  })

  it.each([false, true])(
    'refuses, in one line, a table with the index of an earlier version (migrate: %s)',
    async (migrate) => {
      const { AttributeDefinitions, GlobalSecondaryIndexes, ...rest } = tableDefinition(
        dynamo.newTableName(),
      )
      const [carts, orders] = GlobalSecondaryIndexes
      if (carts === undefined || orders === undefined) throw new Error('two indexes')
      const KeySchema = [
        { AttributeName: 'customer_id', KeyType: 'HASH' as const },
        { AttributeName: 'cart_id', KeyType: 'RANGE' as const },
      ]
      await client.send(
        new CreateTableCommand({
          ...rest,
          AttributeDefinitions: AttributeDefinitions.filter(
            (each) => each.AttributeName !== 'cart_key',
          ),
          GlobalSecondaryIndexes: [{ ...carts, KeySchema }, orders],
        }),
      )
      await expect(open(rest.TableName, migrate)).rejects.toMatchObject({
        code: 'STORE_MISCONFIGURED',
        message: expect.stringMatching(
          /^The index "customer-carts" .*customer_id, cart_key.*customer_id, cart_id.*$/,
        ),
      })
    },
  )
})

describe('time to live', () => {
  it('is enabled, and not changed if it is enabled already', async () => {
    const proxy = await startFaultProxy(dynamo.endpoint('completed'), () => 'forward')
    try {
      const tableName = dynamo.newTableName()
      const clientConfig = clientConfigFor(proxy.endpoint)
      await (await openDynamoStore({ tableName, migrate: true, clientConfig })).close()
      await (await openDynamoStore({ tableName, migrate: true, clientConfig })).close()
      expect(proxy.requests.get('UpdateTimeToLive')).toBe(1)
    } finally {
      await proxy.close()
    }
  })

  it('is enabled once by several instances that start at once', async () => {
    const tableName = dynamo.newTableName()
    const clientConfig = dynamo.clientConfig('completed')
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openDynamoStore({ tableName, migrate: true, clientConfig })),
    )
    for (const store of stores) await store.close()
  })

  it('that cannot be enabled stops the start', async () => {
    const proxy = await startFaultProxy(dynamo.endpoint(), (operation) =>
      operation === 'UpdateTimeToLive'
        ? { status: 400, type: 'com.amazon.coral.service#AccessDeniedException' }
        : 'forward',
    )
    try {
      await expect(
        openDynamoStore({
          tableName: dynamo.newTableName(),
          migrate: true,
          clientConfig: clientConfigFor(proxy.endpoint),
        }),
      ).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
    } finally {
      await proxy.close()
    }
  })
})
