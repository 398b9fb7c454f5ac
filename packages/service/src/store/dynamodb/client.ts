import type {
  ConsumedCapacity,
  DynamoDBClient,
  DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb'
import type { Homes } from '../../cart/homes.ts'
import { newCartId } from '../../cart/ids.ts'
import type { Currency } from '../../cart/money.ts'
import type { Consistency } from '../cart-store.ts'
import type { QueueBounds } from '../coalesce.ts'
import { NO_EVENTS, type StoreEvents } from '../store-events.ts'
import type { Item } from './attributes.ts'
import { elsewhereOf, type HomeOptions } from './home-endpoints.ts'
import { openHomedTransport } from './homed-transport.ts'
import { completed } from './item-currency.ts'
import { openItems, type ReadItem } from './items.ts'
import { renewing } from './renewal.ts'
import { openResend, type Requests } from './resend.ts'
import { openSdkTransport } from './sdk-transport.ts'
import {
  HTTP,
  type HttpOptions,
  type Operations,
  type Request,
  type Transport,
} from './transport.ts'
import type { Endpoint } from './wire/endpoint.ts'
import { type Around, openWireTransport } from './wire/wire-transport.ts'

/** What the parts of this store share. */
export interface Client extends Requests {
  /** Reads the item of one cart; concurrent reads are coalesced. */
  readonly items: Readonly<Record<Consistency, ReadItem>>
  /** The same for every client of the table, by whatever name. */
  readonly tableId: string
  /** The id for a new cart, milliseconds since the epoch; with home regions, one whose home is the own region. */
  readonly newCartId: (now: number) => string
  /** Whether the home of the item with that key is the own region, as it is without home regions. */
  readonly isHere: (key: string) => boolean
  /** The latest `date` header of a response. */
  readonly date: () => string | undefined
  /** Drops all connections. */
  destroy(): Promise<void>
}

export interface ClientOptions {
  readonly tableName: string
  readonly events?: StoreEvents | undefined
  readonly http?: Partial<HttpOptions> | undefined
  /** Maximum expected queueing time of reads, milliseconds; see `QueueBounds`. No bound by default. */
  readonly maxLikelyWaitMs?: number | undefined
  /** `wire` (default): our own HTTP client; `sdk`: that of the AWS SDK. */
  readonly transport?: 'wire' | 'sdk' | undefined
  /** What the SDK would otherwise read from its variables and files. */
  readonly clientConfig?: DynamoDBClientConfig
  /** Of a global table whose carts have home regions. */
  readonly homes?: HomeOptions | undefined
  /** With `wire` only. */
  readonly around?: Around | undefined
}

/** What the start of a store has found out about its table. */
export interface Table {
  readonly name: string
  /** Its ARN, with the host of an emulator. */
  readonly id: string
  /** Where the requests of the SDK go. */
  readonly endpoint: Endpoint
  /** The currency of carts whose item has none. */
  readonly legacyCurrency: Currency
}

/**
 * Opens the client over either transport. Region, endpoint, credentials and the maximum number of attempts come from
 * the SDK's configuration in both cases.
 *
 * @param sdk the client that has found the table; destroyed with the returned one
 * @throws ConfigError if the settings of home regions do not fit the endpoint
 */
export async function openClient(
  sdk: DynamoDBClient,
  { name: tableName, id: tableId, endpoint, legacyCurrency }: Table,
  {
    events = NO_EVENTS,
    around,
    transport: kind,
    clientConfig,
    homes,
    maxLikelyWaitMs,
    ...more
  }: ClientOptions,
): Promise<Client> {
  const { credentials, region, maxAttempts } = sdk.config
  const http = { ...HTTP, ...more.http }
  const open = async (to: Endpoint, options: HttpOptions, through?: Around): Promise<Transport> => {
    if (kind !== 'sdk') return openWireTransport(sdk, to, options, through)
    const there = to === endpoint ? { region } : sdkEndpoint(to)
    return openSdkTransport({ ...clientConfig, credentials, ...there }, options)
  }
  // Not opened before all endpoints are known to be right.
  const elsewhere = homes === undefined ? [] : elsewhereOf(homes, endpoint)
  const own = await open(endpoint, http, around)
  const transport = homes === undefined ? own : await homed(homes, own)

  async function homed({ homes: map, timeoutMs }: HomeOptions, home: Transport) {
    const options = { ...http, connectTimeoutMs: timeoutMs, requestTimeoutMs: timeoutMs }
    const opened = elsewhere.map(async ([name, to]) => [name, await open(to, options)] as const)
    return openHomedTransport(map, home, new Map(await Promise.all(opened)))
  }

  const client = clientOver(
    { ...transport, request: renewing(transport.request, credentials) },
    {
      tableName,
      tableId,
      legacyCurrency,
      events,
      homes: homes?.homes,
      attempts: await maxAttempts(),
      maxWaitMs: http.requestTimeoutMs,
      maxLikelyWaitMs,
    },
  )
  return {
    ...client,
    async destroy() {
      // The transport uses the credentials of `sdk` until now.
      sdk.destroy()
      await client.destroy()
    },
  }
}

export interface ClientParts extends QueueBounds {
  readonly tableName: string
  readonly tableId: string
  readonly legacyCurrency: Currency
  readonly events: StoreEvents
  readonly homes: Homes | undefined
  /** Maximum number of copies of one request. */
  readonly attempts: number
}

/** The client over an open transport. */
export function clientOver(
  transport: Transport,
  { tableName, tableId, legacyCurrency, events, homes, attempts, ...queue }: ClientParts,
): Client {
  events.poolOpened(transport.use)
  const request: Request = async (operation, input) => {
    const counted = { ...input, ReturnConsumedCapacity: 'TOTAL' as const }
    const output = await transport.request(operation, counted)
    events.consumed(unitsOf(operation, output.ConsumedCapacity))
    return output
  }
  const resend = openResend(attempts, events)
  const complete = (item: Item) => completed(item, legacyCurrency)
  const requests = { tableName, events, request, resend, complete }
  const isHere = (key: string) => homes === undefined || homes.homeOf(key) === homes.own
  return {
    ...requests,
    tableId,
    newCartId: homes?.newCartId ?? newCartId,
    isHere,
    date: transport.date,
    items: openItems(requests, queue, isHere),
    destroy: transport.destroy,
  }
}

/** As the SDK takes it. */
function sdkEndpoint({ protocol, host, path, region }: Endpoint) {
  return { region, endpoint: `${protocol}//${host}${path}` }
}

const WRITES: ReadonlySet<keyof Operations> = new Set(['PutItem', 'UpdateItem', 'DeleteItem'])

type Consumed = ConsumedCapacity | ConsumedCapacity[] | undefined

function unitsOf(operation: keyof Operations, consumed: Consumed) {
  const units = Array.isArray(consumed)
    ? consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
    : (consumed?.CapacityUnits ?? 0)
  return WRITES.has(operation) ? { write: units } : { read: units }
}
