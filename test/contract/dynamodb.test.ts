import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { useDynamo } from '../support/dynamodb.ts'
import { describeCartStore } from './cart-store-contract.ts'

const dynamo = useDynamo()

describeCartStore('dynamodb', () =>
  openDynamoStore({
    tableName: dynamo.newTableName(),
    migrate: true,
    clientConfig: dynamo.clientConfig(),
  }),
)
