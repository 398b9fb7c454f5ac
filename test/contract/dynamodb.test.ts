import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { useDynamo } from '../support/dynamodb.ts'
import { describeCartStore } from './cart-store-contract.ts'

const dynamo = useDynamo()

for (const transport of ['wire', 'sdk'] as const)
  describeCartStore(`dynamodb over ${transport}`, () =>
    openDynamoStore({
      tableName: dynamo.newTableName(),
      migrate: true,
      clientConfig: dynamo.clientConfig(),
      transport,
    }),
  )
