import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { useDatabase } from '../../../../test/support/postgres.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { describeResidences } from './residences.ts'

const dynamo = useDynamo()
const database = await useDatabase()

describeResidences('memory', async () => openMemoryStore())
describeResidences('postgres', () =>
  openPostgresStore({ databaseUrl: database.url, migrate: true }),
)
for (const [transport, endpoint] of [
  ['wire', 'dynalite'],
  ['sdk', 'completed'],
] as const)
  describeResidences(`dynamodb over ${transport}, ${endpoint}`, () =>
    openDynamoStore({ ...dynamo.newStore(endpoint), transport }),
  )
