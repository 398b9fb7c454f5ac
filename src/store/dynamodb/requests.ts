import { crc32 } from 'node:zlib'
import type {
  BatchGetItemInput,
  BatchGetItemOutput,
  ConsumedCapacity,
  GetItemInput,
  GetItemOutput,
  PutItemInput,
  PutItemOutput,
  QueryInput,
  QueryOutput,
  UpdateItemInput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb'
import type { StoreEvents } from '../store-events.ts'
import type { Item } from './attributes.ts'
import type { Clock } from './clock.ts'
import { DynamoFailure } from './failure.ts'
import type { Exchange, HttpAnswer } from './http.ts'
import type { Keys, Sign } from './signature.ts'

/** The operations of single requests. Inputs and outputs are DynamoDB's JSON, which is the SDK's but for binaries. */
export interface Operations {
  readonly GetItem: { readonly input: GetItemInput; readonly output: GetItemOutput }
  readonly BatchGetItem: { readonly input: BatchGetItemInput; readonly output: BatchGetItemOutput }
  readonly Query: { readonly input: QueryInput; readonly output: QueryOutput }
  readonly PutItem: { readonly input: PutItemInput; readonly output: PutItemOutput }
  readonly UpdateItem: { readonly input: UpdateItemInput; readonly output: UpdateItemOutput }
}

/** Makes one request, once. Rejects with a `DynamoFailure`, or with what kept the credentials from being found. */
export type Request = <O extends keyof Operations>(
  operation: O,
  input: Operations[O]['input'],
) => Promise<Operations[O]['output']>

export interface RequestParts {
  readonly exchange: Exchange
  readonly sign: Sign
  /** Asked for every request: the provider keeps the keys and renews them in time. */
  readonly keys: () => Promise<Keys>
  readonly clock: Clock
  readonly events: StoreEvents
}

/**
 * The per-request path of a client, with the rules of the SDK but not its layers, which cost five times the CPU of
 * the bytes that they send.
 */
export function openRequests({ exchange, sign, keys, clock, events }: RequestParts): Request {
  return async <O extends keyof Operations>(operation: O, input: Operations[O]['input']) => {
    const body = Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }))
    const headers = { 'content-type': JSON_TYPE, 'x-amz-target': `DynamoDB_20120810.${operation}` }
    const signer = await keys()
    const signedAt = clock.now()
    const answer = await exchange({ headers: sign({ headers, body }, signer, signedAt), body })
    clock.answered(single(answer.headers.date))
    if (answer.status !== 200) throw refusal(answer, clock.now() - signedAt)
    const output: Operations[O]['output'] = outputOf(answer)
    events.consumed(unitsOf(operation, output.ConsumedCapacity))
    return output
  }
}

const JSON_TYPE = 'application/x-amz-json-1.0'

/** The answer's JSON. One that does not match its checksum is as good as lost. */
function outputOf<T>({ headers, body }: HttpAnswer): T {
  const checksum = single(headers['x-amz-crc32'])
  if (checksum !== undefined && Number(checksum) !== crc32(body)) {
    throw new DynamoFailure('The answer does not match its checksum', { name: 'DamagedAnswer' })
  }
  const output = objectIn(body)
  if (output !== undefined) return output as T
  throw new DynamoFailure('The answer is not a JSON object', { name: 'DamagedAnswer' })
}

type Consumed = ConsumedCapacity | ConsumedCapacity[] | undefined

function unitsOf(operation: keyof Operations, consumed: Consumed) {
  const units = Array.isArray(consumed)
    ? consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
    : (consumed?.CapacityUnits ?? 0)
  return operation === 'PutItem' || operation === 'UpdateItem' ? { write: units } : { read: units }
}

/** Names of refusals that a wrong clock can be behind, as the SDK lists them. */
const OF_TIME = new Set([
  'AccessDeniedException',
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])
/** Larger than the wait for any answer, smaller than what `Clock` tolerates. */
const SET_RIGHT_MS = 60_000

/** @param elapsed milliseconds since the signature by the clock, which are many when it was set since */
function refusal({ status, headers, body }: HttpAnswer, elapsed: number): DynamoFailure {
  const said: Record<string, unknown> = { ...objectIn(body) }
  // Something in between may refuse for want of capacity, too, without a name.
  const unnamed = status === 429 ? 'ThrottlingException' : undefined
  const name = exceptionName(said.__type ?? said.code ?? headers['x-amzn-errortype'] ?? unnamed)
  const message = String(said.message ?? said.Message ?? `HTTP status ${status}`)
  return new DynamoFailure(message, {
    name,
    httpStatusCode: status,
    clockSkewCorrected: OF_TIME.has(name) && Math.abs(elapsed) >= SET_RIGHT_MS,
    item: said.Item as Item | undefined,
  })
}

/** The JSON object that an answer is; `undefined` when it is none, since something in between has answered. */
function objectIn(body: Buffer): object | undefined {
  try {
    const said: unknown = JSON.parse(body.toString())
    return typeof said === 'object' && said !== null ? said : undefined
  } catch {
    return undefined
  }
}

/** `com.amazonaws.dynamodb.v20120810#Name:more` is `Name`. */
function exceptionName(type: unknown): string {
  const [first = ''] = String(type ?? 'Unknown').split(/[,:]/)
  return first.slice(first.lastIndexOf('#') + 1)
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
