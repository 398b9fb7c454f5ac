import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '../../../../../test/support/listen.ts'
import { TABLE_ITEM } from '../../../src/store/dynamodb/legacy-currency.ts'

import { tableDefinition } from '../../../src/store/dynamodb/table.ts'

export interface StubRequest {
  /** For example `GetItem`. */
  readonly operation: string
  /** The number of the request among those of its operation, from 1. */
  readonly n: number
  readonly input: unknown
  readonly headers: IncomingHttpHeaders
}

export interface StubResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown
}

/** Responds to a request, now or later; `undefined` drops the connection. */
export type Responding = (
  request: StubRequest,
) => StubResponse | undefined | Promise<StubResponse | undefined>

export interface StubEndpoint {
  readonly endpoint: string
  /** All requests except those for the description of the table and its own item. */
  readonly requests: StubRequest[]
  answer(next: Responding): void
  close(): Promise<void>
}

/** An endpoint with a valid table, whose other responses a test sets. */
export async function startStubEndpoint(): Promise<StubEndpoint> {
  let responding: Responding = () => ({ body: {} })
  const requests: StubRequest[] = []
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const input: unknown = JSON.parse(await text(request))
    if (operation === 'DescribeTable') return send(response, { body: activeTable() })
    if (cartIdIn(input) === TABLE_ITEM) return send(response, {})
    const n = requests.filter((each) => each.operation === operation).length + 1
    const received = { operation, n, input, headers: request.headers }
    requests.push(received)
    const answer = await responding(received)
    if (answer === undefined) request.socket.destroy()
    else send(response, answer)
  })
  const { url: endpoint, [Symbol.asyncDispose]: close } = await listen(server)
  return {
    endpoint,
    close,
    requests,
    answer(next) {
      responding = next
    },
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body = {} }: StubResponse) {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

function cartIdIn(input: unknown): string | undefined {
  const { Key, Item } = input as Record<'Key' | 'Item', { cart_id?: { S: string } } | undefined>
  return (Key ?? Item)?.cart_id?.S
}

function activeTable() {
  const { KeySchema, GlobalSecondaryIndexes } = tableDefinition('carts')
  const indexes = GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' }))
  return { Table: { TableStatus: 'ACTIVE', KeySchema, GlobalSecondaryIndexes: indexes } }
}
