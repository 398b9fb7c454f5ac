import { openDynamoStore } from '../../../packages/service/src/store/dynamodb/dynamo-store.ts'
import { describeCartStore } from '../../../packages/service/test/contract/cart-store-contract.ts'
import { clientConfigFor } from '../../../test/support/dynamodb.ts'

// Run by contract.ts on a table that Terraform created.
const { PUSHCART_MOTO_URL: url = '', PUSHCART_MOTO_TABLE: tableName = '' } = process.env

describeCartStore('dynamodb, the table that Terraform created, on moto', () =>
  openDynamoStore({
    tableName,
    migrate: false,
    clientConfig: clientConfigFor(url),
    // One request at a time: moto serves requests in threads without locks, so one of two concurrent updates is lost.
    http: { connections: 1, requestTimeoutMs: 120_000 },
  }),
)
