import { writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { newCartId } from '../../../src/cart/ids.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { providerOverride, type Workspace } from '../terraform.ts'
import { hasMoto, startMoto } from './server.ts'

type Step = (name: string, run: () => Promise<unknown>) => Promise<void>

const FOLDER = 'modules/dynamodb'

const INPUTS = `name = "pushcart-check-carts"
production = false
region = "us-east-1"
max_read_units = 100
max_write_units = 100
`

const CREDENTIALS = { accessKeyId: 'dummy', secretAccessKey: 'dummy' }

/**
 * Applies the DynamoDB module to a moto_server of its own, looks at the table with the service's own eyes, and destroys it.
 * What moto does not do, and what is therefore not applied, is in terraform/moto-gaps.md.
 */
export async function applyToMoto(workspace: Workspace, step: Step): Promise<void> {
  if (!hasMoto()) throw new Error('--apply needs moto_server, which is not installed here.')
  const moto = await startMoto()
  try {
    const endpoints = `  endpoints {\n    dynamodb = "${moto.url}"\n    sts      = "${moto.url}"\n  }\n`
    writeFileSync(`${workspace.folder}/${FOLDER}/check_override.tf`, providerOverride(endpoints))
    writeFileSync(`${workspace.folder}/${FOLDER}/check.tfvars`, INPUTS)
    const change = ['-auto-approve', '-input=false', '-no-color', '-var-file=check.tfvars']
    await step('apply the DynamoDB module to moto', async () => {
      await workspace.run(FOLDER, ['init', '-input=false'])
      await workspace.run(FOLDER, ['apply', ...change])
    })
    const outputs = JSON.parse(await workspace.run(FOLDER, ['output', '-json'])) as Outputs
    await step('the table on moto is one that the service makes, and works on', () =>
      checkTable(moto.url, outputs.table_name.value),
    )
    await step('destroy it', () => workspace.run(FOLDER, ['destroy', ...change]))
  } finally {
    await moto.stop()
  }
}

interface Outputs {
  readonly table_name: { readonly value: string }
}

async function checkTable(endpoint: string, tableName: string): Promise<void> {
  const clientConfig = { endpoint, region: 'us-east-1', credentials: CREDENTIALS }
  // Opening a store without `migrate` checks the table's keys and indexes.
  const store = await openDynamoStore({ tableName, migrate: false, clientConfig })
  const own = await openDynamoStore({ tableName: 'made-by-service', migrate: true, clientConfig })
  const client = new DynamoDBClient(clientConfig)
  try {
    await store.ping()
    const now = Date.now()
    await store.getCart(newCartId(now), { now, consistency: 'strong' }).then(
      () => Promise.reject(new Error('A cart that was never made was found')),
      (error: unknown) => {
        if (!String(error).includes('no such cart')) throw error
      },
    )
    const [found, wanted] = [await shape(client, tableName), await shape(client, 'made-by-service')]
    if (!isDeepStrictEqual(found, wanted))
      throw new Error(`Terraform: ${JSON.stringify(found)}\nservice: ${JSON.stringify(wanted)}`)
  } finally {
    client.destroy()
    await Promise.all([store.close(), own.close()])
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
