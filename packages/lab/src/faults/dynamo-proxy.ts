import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { Pool } from 'undici'
import type { Faults } from './faults.ts'
import {
  type Body,
  type Forwarded,
  type Headers,
  openReplicas,
  type ReplicaOptions,
} from './replicas.ts'

/** Faults of requests to DynamoDB. */
export const DYNAMO_FAULTS = [
  'throttled',
  'server_error',
  'request_dropped',
  'reply_dropped',
  'duplicate_delivery',
  'latency',
  'connection_reset',
] as const
type DynamoFault = (typeof DYNAMO_FAULTS)[number]

/** Faults that are always in effect if replicas or indexes lag. */
export const LAG_FAULTS = ['replica_lag', 'index_lag'] as const

export interface DynamoProxyOptions extends ReplicaOptions {
  /** The endpoint behind the proxy, such as `http://127.0.0.1:8000`. It must not verify signatures, which include the host. */
  readonly target: string
  readonly faults: Faults
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number | undefined
  /** Sees every request that the endpoint has responded to. */
  readonly tap?: ((exchange: DynamoExchange) => void) | undefined
}

export interface DynamoExchange {
  /** Such as `GetItem`. */
  readonly operation: string
  readonly input: Body
  readonly answer: Forwarded
  readonly ms: number
}

/** A proxy on a loopback port. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string
}

/** Share of requests that a fault affects in its window. */
const SHARE = 0.3
const SILENCE_MS = 300
const WRITES = ['UpdateItem', 'PutItem', 'DeleteItem']

/**
 * Starts a proxy that drops, delays and repeats requests to DynamoDB, and serves eventual reads from lagging replicas.
 * Lost responses to applied writes and duplicate deliveries can happen to any client of a network.
 */
export async function startDynamoProxy(options: DynamoProxyOptions): Promise<FaultProxy> {
  const { target, faults, port = 0 } = options
  const { origin, pathname } = new URL(target)
  const pool = new Pool(origin, { connections: 128, allowH2: false })
  const { stream } = faults.plan
  const replicas = openReplicas(forwardJson, options, faults)

  async function forward(headers: Headers, body: Buffer): Promise<Forwarded> {
    const answer = await pool.request({ method: 'POST', path: pathname, headers, body })
    const content = Buffer.from(await answer.body.arrayBuffer())
    return { status: answer.statusCode, body: content }
  }

  /** Sends a request of the proxy with the headers of a client's request. */
  async function forwardJson(headers: Headers, operation: string, input: Body): Promise<Body> {
    const target = `DynamoDB_20120810.${operation}`
    const own = { ...headers, 'x-amz-target': target }
    const { status, body } = await forward(own, Buffer.from(JSON.stringify(input)))
    if (status !== 200) throw new Error(`${operation} of the fault proxy was refused: ${body}`)
    return JSON.parse(body.toString())
  }

  /** Forwards a request. Its changes reach the replicas even if its response is dropped. */
  async function pass(operation: string, headers: Headers, body: Buffer): Promise<Forwarded> {
    const input: Body = JSON.parse(body.toString() || '{}')
    const from = performance.now()
    const answer = await ask(operation, input, headers, body)
    options.tap?.({ operation, input, answer, ms: performance.now() - from })
    return answer
  }

  async function ask(
    operation: string,
    input: Body,
    headers: Headers,
    body: Buffer,
  ): Promise<Forwarded> {
    if (WRITES.includes(operation)) {
      return replicas.write(operation, input, headers, () => forward(headers, body))
    }
    const eased = replicas.ease(operation, input)
    const sent = eased === input ? body : Buffer.from(JSON.stringify(eased))
    const answer = await forward(headers, sent)
    if (answer.status !== 200) return answer
    const seen = await replicas.read(operation, input, headers, JSON.parse(answer.body.toString()))
    return seen === undefined ? answer : { status: 200, body: Buffer.from(JSON.stringify(seen)) }
  }

  async function strike(
    fault: DynamoFault,
    operation: string,
    headers: Headers,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const { socket } = response
    switch (fault) {
      case 'throttled':
        return send(response, refusal(400, 'ProvisionedThroughputExceededException'))
      case 'server_error':
        return send(response, refusal(500, 'InternalServerError'))
      case 'request_dropped':
        await sleep(SILENCE_MS)
        socket?.destroy()
        return
      case 'connection_reset':
        socket?.resetAndDestroy()
        return
      case 'reply_dropped':
        await pass(operation, headers, body)
        socket?.destroy()
        return
      case 'latency':
        await sleep(stream.integer(30, 250))
        return send(response, await pass(operation, headers, body))
      case 'duplicate_delivery':
        send(response, await pass(operation, headers, body))
        await sleep(stream.integer(1, 20))
        await pass(operation, headers, body)
    }
  }

  function drawFault(operation: string): DynamoFault | undefined {
    const active = DYNAMO_FAULTS.find((fault) => fault === faults.active())
    if (active === undefined) return undefined
    if (active === 'duplicate_delivery' && !WRITES.includes(operation)) return undefined
    return faults.strikes(SHARE) ? active : undefined
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const headers = headersOf(request)
    const body = await buffer(request)
    const fault = drawFault(operation)
    if (fault === undefined) return send(response, await pass(operation, headers, body))
    const from = faults.now()
    // The second delivery follows the response, but the recorder must know of it when the response arrives.
    if (fault === 'duplicate_delivery') faults.note(fault, from)
    try {
      await strike(fault, operation, headers, body, response)
    } finally {
      faults.note(fault, from)
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy())
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(port, '127.0.0.1', done)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await pool.destroy()
    },
  }
}

const OWN_HEADERS = ['connection', 'content-length', 'transfer-encoding', 'keep-alive']

function headersOf({ headers }: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value !== 'string' || OWN_HEADERS.includes(name) ? [] : [[name, value]],
    ),
  )
}

function refusal(status: number, name: string): Forwarded {
  const type = `com.amazonaws.dynamodb.v20120810#${name}`
  return { status, body: Buffer.from(JSON.stringify({ __type: type, message: 'a fault' })) }
}

function send(response: ServerResponse, { status, body }: Forwarded): void {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': body.length,
      'x-amz-crc32': crc32(body),
    })
    .end(body)
}
