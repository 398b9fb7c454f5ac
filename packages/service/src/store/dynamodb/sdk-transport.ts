import http from 'node:http'
import https from 'node:https'
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoFailure } from './failure.ts'
import type { HttpOptions, Operations, Transport } from './transport.ts'

interface SendOptions {
  readonly abortSignal: AbortSignal
}

const SEND: {
  readonly [O in keyof Operations]: (
    sdk: DynamoDBClient,
    input: Operations[O]['input'],
    options: SendOptions,
  ) => Promise<Operations[O]['output']>
} = {
  GetItem: (sdk, input, options) => sdk.send(new GetItemCommand(input), options),
  BatchGetItem: (sdk, input, options) => sdk.send(new BatchGetItemCommand(input), options),
  Query: (sdk, input, options) => sdk.send(new QueryCommand(input), options),
  PutItem: (sdk, input, options) => sdk.send(new PutItemCommand(input), options),
  DeleteItem: (sdk, input, options) => sdk.send(new DeleteItemCommand(input), options),
  Scan: (sdk, input, options) => sdk.send(new ScanCommand(input), options),
  UpdateItem: (sdk, input, options) => sdk.send(new UpdateItemCommand(input), options),
}

/**
 * Sends requests with the SDK's client (`DYNAMODB_CLIENT=sdk`), with the same limits and failures as `wire/`. The SDK
 * must not retry: it would send an add without an idempotency key again after a timeout, and the add could count twice.
 */
export function openSdkTransport(config: DynamoDBClientConfig, options: HttpOptions): Transport {
  const { connections, connectTimeoutMs, requestTimeoutMs, idleMs } = options
  const pooling = { keepAlive: true, maxSockets: connections, timeout: idleMs }
  const httpAgent = new http.Agent(pooling)
  const httpsAgent = new https.Agent(pooling)
  const sdk = new DynamoDBClient({
    ...config,
    maxAttempts: 1,
    requestHandler: { httpAgent, httpsAgent, connectionTimeout: connectTimeoutMs },
  })
  let date: string | undefined
  sdk.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers?: Readonly<Record<string, string>> }
      date = headers?.date ?? date
      return result
    },
    { step: 'deserialize', name: 'latestDate' },
  )
  // The SDK's error does not say whether a request has waited for a connection or for its response, so waiting is done
  // here: one of these is called when a connection is free.
  const waiting = new Set<() => void>()
  let active = 0

  function release(): void {
    active -= 1
    const [first] = waiting
    first?.()
  }

  return {
    request: (operation, input) =>
      new Promise((resolve, reject) => {
        const late = new AbortController()
        const timer = setTimeout(() => {
          const sent = !waiting.delete(start)
          const { noResponse, noConnection } = DynamoFailure
          reject((sent ? noResponse : noConnection)(requestTimeoutMs))
          late.abort()
        }, requestTimeoutMs)
        function start(): void {
          waiting.delete(start)
          active += 1
          SEND[operation](sdk, input, { abortSignal: late.signal })
            .then(resolve, (error) => reject(failureOf(error)))
            .finally(() => {
              clearTimeout(timer)
              release()
            })
        }
        if (active < connections) start()
        else waiting.add(start)
      }),
    use: () => ({
      active,
      idle: [httpAgent, httpsAgent].flatMap((agent) => Object.values(agent.freeSockets).flat())
        .length,
      waiting: waiting.size,
      limit: connections,
    }),
    date: () => date,
    async destroy() {
      sdk.destroy()
    },
  }
}

/** The SDK's error; or a failure of ours where `errors.ts` would classify the SDK's error differently from that of `wire/`. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error instanceof SyntaxError && statusOf(error) === 200)
    return DynamoFailure.damagedResponse(error.message, error)
  if (error.name === 'TimeoutError' && /did not establish a connection/.test(error.message))
    return new DynamoFailure(error.message, { name: 'TimeoutError', sent: false, cause: error })
  return error
}

function statusOf(error: object): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}
