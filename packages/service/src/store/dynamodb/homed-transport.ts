import { CartError } from '../../cart/errors.ts'
import { type Homes, PAUSED } from '../../cart/homes.ts'
import { openRetryPause } from '../../common/retry-pause.ts'
import { type Item, textIn } from './attributes.ts'
import { isLost } from './errors.ts'
import { DynamoFailure } from './failure.ts'
import type { Operations, Request, Transport } from './transport.ts'

type BatchInput = Operations['BatchGetItem']['input']
const NO_KEYS: [string, NonNullable<BatchInput['RequestItems']>[string]] = ['', { Keys: [] }]
type BatchOutput = Operations['BatchGetItem']['output']

/** How long no request is sent to the table of another region that did not respond, milliseconds. */
const PAUSE_MS = 1000
/** After how many failures without a success between. */
const FAILURES = 3

/**
 * Sends every write and every strong read of an item to the table of its home region, and everything else to the own region: see
 * `cart/homes.ts`. A table elsewhere that keeps failing is tried once a second, and its failures have its `region`, so that they
 * are not taken for failures of the own table.
 */
export function openHomedTransport(
  homes: Homes,
  own: Transport,
  elsewhere: ReadonlyMap<string, Transport>,
): Transport {
  const requests = new Map<string, Request>([[homes.own, own.request]])
  for (const [region, transport] of elsewhere)
    requests.set(region, fromElsewhere(region, transport.request))

  function at(home: string): Request {
    const request = requests.get(home)
    if (request !== undefined) return request
    throw new CartError(
      'HOME_UNAVAILABLE',
      home === PAUSED ? 'The home region of the cart is being changed.' : undefined,
    )
  }

  function homeOf(operation: keyof Operations, input: Operations[keyof Operations]['input']) {
    const { Key, Item, ConsistentRead } = input as {
      Key?: Item
      Item?: Item
      ConsistentRead?: boolean
    }
    const key = Key ?? Item
    // The indexes exist in every region.
    if (key === undefined) return homes.own
    if (operation === 'GetItem' && ConsistentRead !== true) return homes.own
    return homes.homeOf(textIn(key, 'cart_id'))
  }

  return {
    request: async (operation, input) =>
      operation === 'BatchGetItem'
        ? batch(homes, at, input as BatchInput)
        : at(homeOf(operation, input))(operation, input),
    use: own.use,
    date: own.date,
    async destroy() {
      await Promise.all([own, ...elsewhere.values()].map((transport) => transport.destroy()))
    },
  }
}

function fromElsewhere(region: string, request: Request): Request {
  const pause = openRetryPause({ pauseMs: PAUSE_MS, failures: FAILURES })
  return async (operation, input) => {
    if (!pause.mayTry()) throw DynamoFailure.regionDown(region)
    try {
      const output = await request(operation, input)
      pause.succeeded()
      return output
    } catch (error) {
      if (!isLost(error)) {
        pause.succeeded()
        throw error
      }
      pause.failed()
      throw Object.assign(error as object, { region })
    }
  }
}

/**
 * A BatchGetItem of one table, as one for each home. Keys of a home that fails are left unprocessed, so that the others do not fail with
 * them; if all homes fail, so does the batch.
 */
async function batch(
  homes: Homes,
  at: (home: string) => Request,
  input: BatchInput,
): Promise<BatchOutput> {
  // The store asks for items of one table.
  const [[table, { Keys = [], ...read }] = NO_KEYS] = Object.entries(input.RequestItems ?? {})
  const isStrong = read.ConsistentRead === true
  const homeOf = (key: Item) => (isStrong ? homes.homeOf(textIn(key, 'cart_id')) : homes.own)
  const byHome = [...Map.groupBy(Keys, homeOf)]
  const results = await Promise.allSettled(
    byHome.map(async ([home, keys]) => {
      const RequestItems = { [table]: { ...read, Keys: keys } }
      return at(home)('BatchGetItem', { ...input, RequestItems })
    }),
  )
  const outputs = results.map((result, i): BatchOutput => {
    if (result.status === 'fulfilled') return result.value
    return { UnprocessedKeys: { [table]: { ...read, Keys: byHome[i]?.[1] ?? [] } } }
  })
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined && results.every(({ status }) => status === 'rejected'))
    throw failed.reason
  const left = outputs.flatMap(({ UnprocessedKeys }) => UnprocessedKeys?.[table]?.Keys ?? [])
  return {
    Responses: { [table]: outputs.flatMap(({ Responses }) => Responses?.[table] ?? []) },
    ...(left.length > 0 && { UnprocessedKeys: { [table]: { ...read, Keys: left } } }),
    ConsumedCapacity: outputs.flatMap(({ ConsumedCapacity }) => ConsumedCapacity ?? []),
  }
}
