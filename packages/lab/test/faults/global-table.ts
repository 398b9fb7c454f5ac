import { createServer, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDynamoEngine } from '@pushcart/service/engines'
import { listen } from '../../../../test/support/listen.ts'
import { startService } from '../../src/services/start-service.ts'
import { startRelay } from './relay.ts'

type Item = Readonly<Record<string, { readonly S?: string }>>

/** A table and the service on it, in one of two regions. */
interface Region {
  readonly endpoint: string
  /** When the version of an item that the region has was written, milliseconds; by cart. */
  readonly written: Map<string, number>
  /** The other region, which gets a copy of every write. */
  copyTo?: Region
}

export interface GlobalTable extends AsyncDisposable {
  /** The services, one per region. */
  readonly hosts: readonly string[]
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem'])

export interface GlobalTableOptions {
  /** How late writes are copied to the other region, milliseconds. */
  readonly delayMs: number
  /** How the services handle carts whose home is the other region; without it, carts have no homes. */
  readonly requests?: 'proxy' | 'table'
}

/**
 * A simulated global table of DynamoDB in two regions with a service each: every write is copied to the other region `delayMs` later,
 * unless that has a version written later (the last writer wins).
 */
export async function startGlobalTable({
  delayMs,
  requests,
}: GlobalTableOptions): Promise<GlobalTable> {
  await using stack = new AsyncDisposableStack()
  const copies = new Set<Promise<void>>()
  const regions: Region[] = []
  const engines: Readonly<Record<string, string>>[] = []
  for (const name of NAMES) {
    const engine = await startDynamoEngine()
    stack.defer(() => engine.stop())
    const endpoint = engine.settings.AWS_ENDPOINT_URL_DYNAMODB ?? ''
    const region: Region = { endpoint, written: new Map() }
    const proxy = stack.use(await startCopying(region, delayMs, copies))
    regions.push(region)
    engines.push({ ...engine.settings, AWS_ENDPOINT_URL_DYNAMODB: proxy.url, HOME_REGION: name })
  }
  const relays = [stack.use(await startRelay()), stack.use(await startRelay())]
  const homes = requests && {
    HOME_REGIONS: pairs(relays.map(({ url }) => url)),
    HOME_ENDPOINTS: pairs(engines.map((engine) => String(engine.AWS_ENDPOINT_URL_DYNAMODB))),
    HOME_REQUESTS: requests,
    // A busy machine is no failure of a region.
    HOME_TIMEOUT_MS: '10000',
  }
  const hosts: string[] = []
  for (const [i, { HOME_REGION = '', ...engine }] of engines.entries()) {
    const settings = {
      ...engine,
      CART_STORE_TYPE: 'dynamodb',
      LOG_LEVEL: 'fatal',
      ...(homes && { ...homes, HOME_REGION }),
    }
    const service = await startService({ name: HOME_REGION, args: ['--migrate'], settings })
    hosts.push(stack.use(service).url)
    relays[i]?.connectTo(service.url)
  }
  const [first, second] = regions
  if (first === undefined || second === undefined) throw new Error('there are two regions')
  first.copyTo = second
  second.copyTo = first
  const running = stack.move()
  return {
    hosts,
    async [Symbol.asyncDispose]() {
      await Promise.all(copies)
      await running.disposeAsync()
    },
  }
}

const NAMES = ['first', 'second']

/** Values of the two regions, as settings have them. */
function pairs(values: readonly string[]): string {
  return NAMES.map((name, i) => `${name}=${values[i]}`).join(',')
}

/** A proxy in front of the table of a region that copies its writes. */
function startCopying(region: Region, delayMs: number, copies: Set<Promise<void>>) {
  /** One write of an item at a time, so that each is copied as it was. */
  const queues = new Map<string, Promise<unknown>>()
  return listen(
    createServer(async (request, response) => {
      const body = await buffer(request)
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      const forward = () => send(region.endpoint, request.headers, body)
      const id = WRITES.has(operation) ? cartOf(JSON.parse(String(body))) : undefined
      const { copyTo } = region
      let answer: Awaited<ReturnType<typeof forward>>
      if (id === undefined || copyTo === undefined) answer = await forward()
      else {
        const made = (queues.get(id) ?? Promise.resolve()).then(async () => {
          const result = await forward()
          if (result.status !== 200) return result
          const at = performance.now()
          region.written.set(id, at)
          const item = await read(region, request.headers, id)
          const copy = sleep(delayMs).then(() => put(copyTo, request.headers, { id, item, at }))
          copies.add(copy)
          void copy.finally(() => copies.delete(copy))
          return result
        })
        queues.set(
          id,
          made.catch(() => {}),
        )
        answer = await made
      }
      response.writeHead(answer.status, answer.headers).end(answer.body)
    }),
  )
}

const TABLE = 'pushcart'

function cartOf({ Key, Item }: { Key?: Item; Item?: Item }): string | undefined {
  return (Key ?? Item)?.cart_id?.S
}

async function send(endpoint: string, given: IncomingHttpHeaders, body: Buffer | string) {
  const wanted = ['content-type', 'x-amz-target', 'authorization', 'x-amz-date']
  const headers = Object.fromEntries(wanted.map((name) => [name, String(given[name] ?? '')]))
  const response = await fetch(endpoint, { method: 'POST', headers, body: String(body) })
  const kept = [...response.headers].filter(([name]) => /^(content-type|date|x-amz)/.test(name))
  return {
    status: response.status,
    headers: Object.fromEntries(kept),
    body: Buffer.from(await response.arrayBuffer()),
  }
}

function ask(region: Region, headers: IncomingHttpHeaders, operation: string, input: object) {
  const target = `DynamoDB_20120810.${operation}`
  return send(region.endpoint, { ...headers, 'x-amz-target': target }, JSON.stringify(input))
}

async function read(region: Region, headers: IncomingHttpHeaders, id: string) {
  const input = { TableName: TABLE, Key: { cart_id: { S: id } }, ConsistentRead: true }
  const { body } = await ask(region, headers, 'GetItem', input)
  return (JSON.parse(String(body)) as { Item?: Item }).Item
}

interface Copy {
  readonly id: string
  readonly item: Item | undefined
  readonly at: number
}

async function put(region: Region, headers: IncomingHttpHeaders, { id, item, at }: Copy) {
  if ((region.written.get(id) ?? 0) > at) return
  region.written.set(id, at)
  if (item === undefined)
    await ask(region, headers, 'DeleteItem', { TableName: TABLE, Key: { cart_id: { S: id } } })
  else await ask(region, headers, 'PutItem', { TableName: TABLE, Item: item })
}
