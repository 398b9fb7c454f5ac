import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll } from 'vitest'
import { startDynamoEngine } from '../../packages/service/src/engines/dynamodb-engine.ts'
import type { Engine } from '../../packages/service/src/engines/engine.ts'

/** An embedded DynamoDB of one test file. */
export interface TestDynamo {
  /** Points a client at it. */
  clientConfig(): DynamoDBClientConfig
  endpoint(): string
  /** A table name that was not given out before. */
  newTableName(): string
  /** Options of a store on a new table. */
  newStore(): { tableName: string; migrate: true; clientConfig: DynamoDBClientConfig }
}

/** Starts an embedded DynamoDB in memory before the tests of this file and stops it after them. */
export function useDynamo(): TestDynamo {
  let engine: Engine | undefined
  let tables = 0
  beforeAll(async () => {
    engine = await startDynamoEngine()
  })
  afterAll(async () => {
    await engine?.stop()
  })
  const endpoint = () => engine?.settings.AWS_ENDPOINT_URL_DYNAMODB ?? ''
  const clientConfig = () => clientConfigFor(endpoint())
  const newTableName = () => `carts-${++tables}`
  return {
    endpoint,
    clientConfig,
    newTableName,
    newStore: () => ({ tableName: newTableName(), migrate: true, clientConfig: clientConfig() }),
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
