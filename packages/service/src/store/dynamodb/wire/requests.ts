import { crc32 } from 'node:zlib'
import type { Keys, Sign } from '../../../common/aws-signature.ts'
import type { Item } from '../attributes.ts'
import { DynamoFailure } from '../failure.ts'
import type { Operations, Request } from '../transport.ts'
import type { Clock } from './clock.ts'
import type { Exchange, HttpResponse } from './http.ts'

export interface RequestParts {
  readonly exchange: Exchange
  readonly sign: Sign
  /** Called for every request: the provider caches the keys and renews them in time. */
  readonly keys: () => Promise<Keys>
  readonly clock: Clock
}

/**
 * The path of one request: serialise, sign, exchange, parse. The request rejects with a `DynamoFailure`, or with the
 * credentials provider's error.
 */
export function openRequests({ exchange, sign, keys, clock }: RequestParts): Request {
  return async <O extends keyof Operations>(operation: O, input: Operations[O]['input']) => {
    const body = Buffer.from(JSON.stringify(input))
    const headers = { 'content-type': JSON_TYPE, 'x-amz-target': `DynamoDB_20120810.${operation}` }
    const signer = await keys()
    const signedAt = clock.now()
    const response = await exchange({ headers: sign({ headers, body }, signer, signedAt), body })
    clock.compare(single(response.headers.date))
    if (response.status !== 200) throw refusal(response, clock.now() - signedAt)
    return outputOf<Operations[O]['output']>(response)
  }
}

const JSON_TYPE = 'application/x-amz-json-1.0'

function outputOf<T>({ headers, body }: HttpResponse): T {
  const checksum = single(headers['x-amz-crc32'])
  if (checksum !== undefined && Number(checksum) !== crc32(body))
    throw DynamoFailure.damagedResponse('The response does not match its checksum')
  const output = objectIn(body)
  if (output !== undefined) return output as T
  throw DynamoFailure.damagedResponse('The response is not a JSON object')
}

/** Longer than any wait for a response, shorter than the error that `Clock` tolerates. */
const CORRECTION_MS = 60_000

/** @param elapsed milliseconds since the signature by the clock: large when the clock was corrected since */
function refusal({ status, headers, body }: HttpResponse, elapsed: number): DynamoFailure {
  const said: Record<string, unknown> = { ...objectIn(body) }
  // A proxy may throttle too, without naming an exception.
  const unnamed = status === 429 ? 'ThrottlingException' : undefined
  const name = exceptionName(said.__type ?? said.code ?? headers['x-amzn-errortype'] ?? unnamed)
  const message = String(said.message ?? said.Message ?? `HTTP status ${status}`)
  return new DynamoFailure(message, {
    name,
    httpStatusCode: status,
    clockSkewCorrected: Math.abs(elapsed) >= CORRECTION_MS,
    item: said.Item as Item | undefined,
  })
}

/** The JSON object in a body; `undefined` when there is none, because a proxy has responded. */
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
