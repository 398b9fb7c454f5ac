import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { describeCartStore } from './cart-store-contract.ts'

const dynamo = useDynamo()

for (const transport of ['wire', 'sdk'] as const)
  describeCartStore(`dynamodb over ${transport}`, () =>
    openDynamoStore({ ...dynamo.newStore(), transport }),
  )
