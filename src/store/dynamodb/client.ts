import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Consistency } from '../cart-store.ts'
import { NO_EVENTS, type StoreEvents } from '../store-events.ts'
import { openClock } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import { type Exchange, type HttpOptions, openHttp } from './http.ts'
import { openItems, type ReadItem } from './items.ts'
import { openRequests, type Request } from './requests.ts'
import { openResend, type Resend } from './resend.ts'
import { createSigner } from './signature.ts'

/** What the parts of this store share. */
export interface Client {
  readonly tableName: string
  readonly events: StoreEvents
  /** Makes one request, once. */
  readonly request: Request
  /** The one loop that makes a request again. */
  readonly resend: Resend
  /** The item of one cart; reads that meet are made together. */
  readonly items: Readonly<Record<Consistency, ReadItem>>
  /** Drops all connections. */
  destroy(): Promise<void>
}

export interface ClientOptions {
  readonly tableName: string
  readonly events?: StoreEvents | undefined
  readonly http?: Partial<HttpOptions> | undefined
  /** Put around every exchange with the database, once the store is open. */
  readonly around?: ((exchange: Exchange) => Exchange) | undefined
}

export const HTTP: HttpOptions = {
  connections: 100,
  connectTimeoutMs: 2_000,
  requestTimeoutMs: 5_000,
  idleMs: 4_000,
}

/**
 * A client that asks the SDK's for its rules (where to, in whose name, how often at most), and not for its calls.
 *
 * @param endpoint where the requests of `sdk` go
 */
export async function openClient(
  sdk: DynamoDBClient,
  endpoint: Endpoint,
  { tableName, events = NO_EVENTS, around = (exchange) => exchange, ...more }: ClientOptions,
): Promise<Client> {
  const { credentials, maxAttempts, disableClockSkewCorrection } = sdk.config
  const clock = openClock(!(await disableClockSkewCorrection()))
  const origin = `${endpoint.protocol}//${endpoint.host}`
  const options = { ...HTTP, ...more.http }
  const http = openHttp(origin, endpoint.path, options)
  events.poolOpened(http.use)
  const request = openRequests({
    exchange: around(http.exchange),
    sign: createSigner(endpoint),
    keys: () => credentials(),
    clock,
    events,
  })
  const resend = openResend(await maxAttempts(), events)
  return {
    tableName,
    events,
    request,
    resend,
    items: openItems({ tableName, request, resend }, options.requestTimeoutMs),
    async destroy() {
      // Its credentials provider may have worked until now.
      sdk.destroy()
      await http.destroy()
    },
  }
}
