import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** What a load found. */
export interface Loaded {
  /** Successful requests per second. */
  readonly goodput: number
  readonly accepted: Times
  readonly refused: Times
  /** Share of the intended requests that were sent in time. */
  readonly sentShare: number
  /** Of `/health/live` over a separate connection every 100 ms, milliseconds. */
  readonly slowestHealth: number
  /** Failed requests by error code. */
  readonly failures: Readonly<Record<string, number>>
}

export interface Times {
  readonly count: number
  /** Milliseconds from the intended send time; NaN without a request. */
  readonly p99: number
}

const CARTS = 200
const HEALTH_MS = 100

/** Each of `clients` sends its next request when it has the response to the one before. */
export async function closedLoop(
  url: string,
  clients: number,
  seconds: number,
  signal?: AbortSignal,
): Promise<Loaded> {
  return measured(url, clients, seconds, signal, async ({ send, isOver }) => {
    const client = async () => {
      // A refused client waits, or it would take the processor of the others.
      while (!isOver()) if (!(await send(performance.now()))) await sleep(100)
    }
    await Promise.all(Array.from({ length: clients }, client))
    return 1
  })
}

export interface OpenOptions {
  /** Requests per second. */
  readonly rate: number
  readonly connections: number
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
}

/** Requests at a fixed rate, whatever the responses do. */
export function openLoop(
  url: string,
  { rate, connections, seconds, signal }: OpenOptions,
): Promise<Loaded> {
  return measured(url, connections, seconds, signal, async ({ send, isOver }) => {
    const began = performance.now()
    const sending = new Set<Promise<unknown>>()
    let intended = 0
    let sent = 0
    while (!isOver()) {
      const due = ((performance.now() - began) * rate) / 1000
      for (; intended < due; intended++) {
        // All connections are busy: the generator is at its end.
        if (sending.size >= connections) continue
        const one = send(began + (intended * 1000) / rate)
        sending.add(one)
        void one.finally(() => sending.delete(one))
        sent += 1
      }
      await sleep(2)
    }
    await Promise.all(sending)
    return intended === 0 ? 0 : sent / intended
  })
}

interface Sending {
  /** Sends a request that should have been sent at `at`; whether it was accepted. */
  send(at: number): Promise<boolean>
  isOver(): boolean
}

async function measured(
  url: string,
  connections: number,
  seconds: number,
  signal: AbortSignal | undefined,
  load: (sending: Sending) => Promise<number>,
): Promise<Loaded> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const carts = await makeCarts(pool)
  const [accepted, refused]: [number[], number[]] = [[], []]
  const failures: Record<string, number> = {}
  const until = performance.now() + seconds * 1000
  const isOver = () => performance.now() > until || signal?.aborted === true
  let turn = 0
  let inTime = 0

  async function send(at: number): Promise<boolean> {
    const path = `/shopping-carts/${carts[turn % carts.length]}`
    const isAdd = turn++ % 4 === 0
    let code = 'no response'
    try {
      const { statusCode, body } = await pool.request(
        isAdd
          ? { path: `${path}/items`, method: 'POST', headers: JSON_TYPE, body: ADD }
          : { path, method: 'GET' },
      )
      const text = await body.text()
      if (statusCode < 300) {
        accepted.push(performance.now() - at)
        if (!isOver()) inTime += 1
        return true
      }
      code = /"error":"(\w+)"/.exec(text)?.[1] ?? `${statusCode}`
    } catch {
      // Counted as no response.
    }
    refused.push(performance.now() - at)
    failures[code] = (failures[code] ?? 0) + 1
    return false
  }

  let slowestHealth = 0
  const health = new Pool(url, { connections: 1 })
  async function watchHealth(): Promise<void> {
    while (!isOver()) {
      const at = performance.now()
      await health.request({ path: '/health/live', method: 'GET' }).then(
        ({ body }) => body.dump(),
        () => {},
      )
      slowestHealth = Math.max(slowestHealth, performance.now() - at)
      await sleep(HEALTH_MS)
    }
  }
  const [sentShare] = await Promise.all([load({ send, isOver }), watchHealth()])
  await Promise.all([pool.destroy(), health.destroy()])
  return {
    goodput: inTime / seconds,
    accepted: timesOf(accepted),
    refused: timesOf(refused),
    sentShare,
    slowestHealth,
    failures,
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const ADD = JSON.stringify({ product_id: 1, quantity: 1 })

async function makeCarts(pool: Pool): Promise<string[]> {
  const carts: string[] = []
  while (carts.length < CARTS) {
    const made = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { statusCode, body } = await pool.request({
          path: '/shopping-carts',
          method: 'POST',
          headers: JSON_TYPE,
          body: '{"customer_id":"campaign"}',
        })
        const answer = (await body.json()) as { shopping_cart_id: string }
        return statusCode === 201 ? [answer.shopping_cart_id] : []
      }),
    )
    carts.push(...made.flat())
  }
  return carts
}

function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b)
  return { count: values.length, p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN }
}

/** Connections that send nothing. */
export async function idleConnections(port: number, count: number): Promise<AsyncDisposable> {
  const sockets: Socket[] = []
  for (let at = 0; at < count; at++) {
    sockets.push(connect(port, '127.0.0.1').on('error', () => {}))
    if (at % 100 === 99) await sleep(10)
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
