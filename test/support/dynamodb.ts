import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import { startDynamoEngine } from '../../packages/service/src/engines/dynamodb-engine.ts'
import type { Engine } from '../../packages/service/src/engines/engine.ts'
import { type CompletingProxy, startCompletingProxy } from './completing-proxy.ts'

/** dynalite alone, or completed by `completing-proxy.ts` with what DynamoDB does and dynalite leaves out. */
export type TestEndpoint = 'dynalite' | 'completed'

/** An embedded DynamoDB of one test file. */
export interface TestDynamo {
  /** Points a client at it; by default at dynalite alone. */
  clientConfig(which?: TestEndpoint): DynamoDBClientConfig
  endpoint(which?: TestEndpoint): string
  /** A table name that was not given out before. */
  newTableName(): string
  /** Options of a store on a new table. */
  newStore(which?: TestEndpoint): {
    tableName: string
    migrate: true
    clientConfig: DynamoDBClientConfig
  }
}

/** Starts an embedded DynamoDB in memory before the tests of this file and stops it after them. */
export function useDynamo(): TestDynamo {
  let engine: Engine | undefined
  let proxy: CompletingProxy | undefined
  let tables = 0
  beforeAll(async () => {
    engine = await startDynamoEngine()
    proxy = await startCompletingProxy(endpoint())
  })
  afterAll(async () => {
    await proxy?.close()
    await engine?.stop()
  })
  const endpoint = (which?: TestEndpoint) =>
    (which === 'completed' ? proxy?.endpoint : engine?.settings.AWS_ENDPOINT_URL_DYNAMODB) ?? ''
  const clientConfig = (which?: TestEndpoint) => clientConfigFor(endpoint(which))
  const newTableName = () => `carts-${++tables}`
  return {
    endpoint,
    clientConfig,
    newTableName,
    newStore: (which) => ({
      tableName: newTableName(),
      migrate: true,
      clientConfig: clientConfig(which),
    }),
  }
}

/** Client settings for an endpoint on this machine. */
export function clientConfigFor(endpoint: string): DynamoDBClientConfig {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
}
