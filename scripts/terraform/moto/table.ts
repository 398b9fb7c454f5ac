import { isDeepStrictEqual } from 'node:util'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { openDynamoStore } from '../../../packages/service/src/store/dynamodb/dynamo-store.ts'

const clientConfigFor = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
})

/** Opens the table as the service does, and compares it with the one that the service creates in the same moto. */
export async function checkTable(endpoint: string, tableName: string): Promise<void> {
  const clientConfig = clientConfigFor(endpoint)
  // Opening a store without `migrate` checks the keys and indexes of the table.
  const store = await openDynamoStore({ tableName, migrate: false, clientConfig })
  await store.close()
  const own = await openDynamoStore({
    tableName: 'created-by-service',
    migrate: true,
    clientConfig,
  })
  await own.close()
  const client = new DynamoDBClient(clientConfig)
  try {
    const [found, expected] = [
      await shape(client, tableName),
      await shape(client, 'created-by-service'),
    ]
    if (!isDeepStrictEqual(found, expected))
      throw new Error(`Terraform: ${JSON.stringify(found)}\nservice: ${JSON.stringify(expected)}`)
  } finally {
    client.destroy()
  }
}

/** The part of a table's description that is the same for equal tables. */
async function shape(client: DynamoDBClient, TableName: string): Promise<unknown> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  const byName = (a: string | undefined, b: string | undefined) => ((a ?? '') < (b ?? '') ? -1 : 1)
  return {
    billing: Table?.BillingModeSummary?.BillingMode,
    keys: Table?.KeySchema,
    attributes: Table?.AttributeDefinitions?.toSorted((a, b) =>
      byName(a.AttributeName, b.AttributeName),
    ),
    indexes: Table?.GlobalSecondaryIndexes?.toSorted((a, b) =>
      byName(a.IndexName, b.IndexName),
    ).map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection })),
  }
}
