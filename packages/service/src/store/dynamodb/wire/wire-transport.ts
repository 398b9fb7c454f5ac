import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createSigner } from '../../../common/aws-signature.ts'
import type { HttpOptions, Transport } from '../transport.ts'
import { openClock } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import { type Exchange, openHttp } from './http.ts'
import { openRequests } from './requests.ts'

/** Wraps every exchange with the database; for tests that hold or drop requests. */
export type Around = (exchange: Exchange) => Exchange

/**
 * Sends requests with our own HTTP client; README.md says why.
 *
 * @param sdk      supplies the credentials and the setting of the clock correction, and stays the owner of both
 * @param endpoint where the requests of `sdk` go
 */
export async function openWireTransport(
  sdk: DynamoDBClient,
  endpoint: Endpoint,
  options: HttpOptions,
  around: Around = (exchange) => exchange,
): Promise<Transport> {
  const { credentials, disableClockSkewCorrection } = sdk.config
  const { exchange, use, destroy } = openHttp(
    `${endpoint.protocol}//${endpoint.host}`,
    endpoint.path,
    options,
  )
  const clock = openClock(!(await disableClockSkewCorrection()))
  const request = openRequests({
    exchange: around(exchange),
    sign: createSigner(endpoint),
    keys: () => credentials(),
    clock,
  })
  return { request, use, date: clock.latest, destroy }
}
