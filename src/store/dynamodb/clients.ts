import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** The SDK's client twice, over one bounded set of connections. */
export interface Clients {
  readonly tableName: string
  /** For reads: retries as the SDK does, by its own settings. */
  readonly repeating: DynamoDBClient
  /** For changes, most of which must not be sent twice: never retries by itself (see `send`). */
  readonly once: DynamoDBClient
  /** How often a change is sent at most: the SDK's own setting (AWS_MAX_ATTEMPTS). */
  readonly attempts: number
  destroy(): void
}

/** Concurrent requests to DynamoDB; more wait in line within their own timeout. */
const MAX_CONNECTIONS = 100

/** A connection idle for longer is closed by us, before the other end does so under a request. */
const IDLE_MS = 5_000

/**
 * Region, credentials and endpoint come from `config` or, where it says nothing, from the SDK's usual
 * sources (AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, profiles, container roles, ...).
 */
export async function openClients(
  tableName: string,
  config: DynamoDBClientConfig = {},
): Promise<Clients> {
  const agent = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_MS }
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  })
  const repeating = new DynamoDBClient({ requestHandler, ...config })
  const { credentials, maxAttempts } = repeating.config
  const once = new DynamoDBClient({ requestHandler, ...config, credentials, maxAttempts: 1 })
  return {
    tableName,
    repeating,
    once,
    attempts: await maxAttempts(),
    destroy() {
      repeating.destroy()
      once.destroy()
    },
  }
}
