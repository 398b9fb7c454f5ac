import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { describeCartStore } from './cart-store-contract.ts'

const dynamo = useDynamo()

for (const [transport, endpoint] of [
  ['wire', 'dynalite'],
  ['sdk', 'dynalite'],
  ['wire', 'completed'],
] as const)
  describeCartStore(`dynamodb over ${transport}, ${endpoint}`, () =>
    openDynamoStore({ ...dynamo.newStore(endpoint), transport }),
  )
