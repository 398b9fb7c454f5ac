import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Connection,
  createConnection,
  type Reply,
} from '../../packages/lab/src/load/http/connection.ts'
import { type LoadOrder, type LoadPlan, type LoadResponse, timesOf } from './loaded.ts'

/** The load generator of the campaign, alone in its process: what else the campaign does must not delay its requests. */

const CARTS = 200
/** A refused client of a closed loop waits, or it would take the processor of the others. */
const REFUSED_MS = 100
const TICK_MS = 1

process.on('message', (order: LoadOrder) => {
  run(order).then(respond, (error: Error) => respond({ kind: 'failed', message: error.message }))
})

function respond(response: LoadResponse): void {
  process.send?.(response)
}

async function run({ url, plan }: LoadOrder): Promise<LoadResponse> {
  const { host, hostname, port } = new URL(url)
  const count = 'clients' in plan ? plan.clients : plan.connections
  const endpoint = { secure: false, host: hostname, port: Number(port) }
  const free = Array.from({ length: count }, () =>
    createConnection(
      endpoint,
      () => true,
      () => {},
    ),
  )
  try {
    await Promise.all(free.map((connection) => connection.open()))
    const carts = await makeCarts(free, host)
    const requests = carts.flatMap((cart) => {
      const path = `/shopping-carts/${cart}`
      const get = { kind: 1, text: `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n` }
      const add = { kind: 0, text: post(`${path}/items`, host, { product_id: 1, quantity: 1 }) }
      return [add, get, get, get]
    })
    respond({ kind: 'begun' })
    return { kind: 'done', loaded: await load(plan, free, requests) }
  } finally {
    for (const connection of free) connection.close()
  }
}

interface Planned {
  /** An index of `SHARES`. */
  readonly kind: number
  readonly text: string
}

/** Of adds and of gets. */
const SHARES = [0.25, 0.75] as const

async function load(
  plan: LoadPlan,
  connections: readonly Connection[],
  requests: readonly Planned[],
) {
  const until = performance.now() + plan.seconds * 1000
  const tally = openTally(until)
  let turn = 0
  const send: Send = (connection, at, done) => {
    tally.sent(performance.now() - at)
    const { kind, text } = requests[turn++ % requests.length] as Planned
    connection.send(text, (reply) => {
      done(tally.ended(kind, reply, performance.now(), at))
    })
  }
  const sentShare =
    'clients' in plan
      ? await closedLoop(connections, send, until)
      : await openLoop(connections, send, until, plan.rate)
  return { ...tally.loaded(plan.seconds), sentShare }
}

function openTally(until: number) {
  const [accepted, refused, lags]: [number[], number[], number[]] = [[], [], []]
  const failures: Record<string, number> = {}
  const inTime = SHARES.map(() => 0)
  return {
    sent: (lagMs: number) => void lags.push(lagMs),
    /** Whether the request was accepted that should have been sent at `at`. */
    ended(kind: number, reply: Reply, now: number, at: number): boolean {
      const code = failureOf(reply)
      if (code === undefined) {
        accepted.push(now - at)
        if (now <= until) inTime[kind] = (inTime[kind] ?? 0) + 1
        return true
      }
      refused.push(now - at)
      failures[code] = (failures[code] ?? 0) + 1
      return false
    },
    loaded: (seconds: number) => ({
      goodput: inTime.reduce((sum, count) => sum + count, 0) / seconds,
      carried: Math.min(...SHARES.map((share, kind) => (inTime[kind] ?? 0) / share)) / seconds,
      accepted: timesOf(accepted),
      refused: timesOf(refused),
      lagMs: timesOf(lags).p99,
      failures,
    }),
  }
}

/** The error code of a failed request. */
function failureOf(reply: Reply): string | undefined {
  if (!('status' in reply)) return 'no response'
  if (reply.status < 300) return undefined
  return /"error":"(\w+)"/.exec(reply.body)?.[1] ?? `${reply.status}`
}

/** Sends a request that should have been sent at `at`; then, whether it was accepted. */
type Send = (connection: Connection, at: number, done: (isAccepted: boolean) => void) => void

/** Each client sends its next request when it has the response to the one before. */
async function closedLoop(
  connections: readonly Connection[],
  send: Send,
  until: number,
): Promise<number> {
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < until) {
        const isAccepted = await new Promise<boolean>((done) =>
          send(connection, performance.now(), done),
        )
        if (!isAccepted) await sleep(REFUSED_MS)
      }
    }),
  )
  return 1
}

/** Requests at a fixed rate, whatever the responses do. */
async function openLoop(
  connections: readonly Connection[],
  send: Send,
  until: number,
  rate: number,
): Promise<number> {
  const free = [...connections]
  const all = Promise.withResolvers<void>()
  const began = performance.now()
  let [intended, sent, isOver] = [0, 0, false]
  const back = (connection: Connection) => {
    free.push(connection)
    if (isOver && free.length === connections.length) all.resolve()
  }
  for (let now = began; now < until; now = performance.now()) {
    const due = ((now - began) * rate) / 1000
    for (; intended < due; intended++) {
      const connection = free.pop()
      // All connections are busy: the generator has reached its limit.
      if (connection === undefined) continue
      sent += 1
      send(connection, began + (intended * 1000) / rate, () => back(connection))
    }
    await sleep(TICK_MS)
  }
  isOver = true
  if (free.length < connections.length) await all.promise
  return intended === 0 ? 0 : sent / intended
}

function post(path: string, host: string, body: object): string {
  const text = JSON.stringify(body)
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

async function makeCarts(connections: readonly Connection[], host: string): Promise<string[]> {
  const create = post('/shopping-carts', host, { customer_id: 'campaign' })
  const carts: string[] = []
  const make = async (connection: Connection) => {
    while (carts.length < CARTS) {
      const reply = await new Promise<Reply>((resolve) => connection.send(create, resolve))
      if ('status' in reply && reply.status === 201)
        carts.push((JSON.parse(reply.body) as { shopping_cart_id: string }).shopping_cart_id)
      else await sleep(REFUSED_MS)
    }
  }
  await Promise.all(connections.slice(0, 100).map(make))
  return carts.slice(0, CARTS)
}
