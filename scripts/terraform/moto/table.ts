import { isDeepStrictEqual } from 'node:util'
import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'

const clientConfigFor = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'dummy', secretAccessKey: 'dummy' },
})

/** Lifts the table's protection from deletion. */
export async function unprotectTable(endpoint: string, TableName: string): Promise<void> {
  const client = new DynamoDBClient(clientConfigFor(endpoint))
  try {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
  } finally {
    client.destroy()
  }
}

/** Compares the table with the one that the service makes for itself in the same moto, and opens it as the service does. */
export async function checkTable(endpoint: string, tableName: string): Promise<void> {
  const clientConfig = clientConfigFor(endpoint)
  // Opening a store without `migrate` checks the table's keys and indexes.
  const store = await openDynamoStore({ tableName, migrate: false, clientConfig })
  await store.close()
  const own = await openDynamoStore({ tableName: 'made-by-service', migrate: true, clientConfig })
  await own.close()
  const client = new DynamoDBClient(clientConfig)
  try {
    const [found, wanted] = [await shape(client, tableName), await shape(client, 'made-by-service')]
    if (!isDeepStrictEqual(found, wanted))
      throw new Error(`Terraform: ${JSON.stringify(found)}\nservice: ${JSON.stringify(wanted)}`)
  } finally {
    client.destroy()
  }
}

/** What of a table's description is the same for equal tables. */
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
