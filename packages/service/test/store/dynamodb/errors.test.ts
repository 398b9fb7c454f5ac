import { describe, expect, it } from 'vitest'
import { clientConfigFor } from '../../../../../test/support/dynamodb.ts'
import { CartError } from '../../../src/cart/errors.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { isSafeToResend, mayHaveHappened, storeError } from '../../../src/store/dynamodb/errors.ts'
import { DynamoFailure } from '../../../src/store/dynamodb/failure.ts'
import { codeOf } from '../../contract/fixtures.ts'

const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name }, more)
const system = (code: string, name = 'Error') => named(name, { code })
const http = (httpStatusCode: number) => named('Unknown', { $metadata: { httpStatusCode } })
const validation = (message: string) =>
  Object.assign(new Error(message), { name: 'ValidationException' })
/** A failure of the wire, which knows whether the request was sent. */
const failure = (name: string, code?: string, sent = true) =>
  new DynamoFailure(name, { name, code, sent })

describe('the store error for a failure', () => {
  it.each([
    ['ConditionalCheckFailedException', 'STORE_BUSY'],
    ['ProvisionedThroughputExceededException', 'STORE_BUSY'],
    ['ThrottlingException', 'STORE_BUSY'],
    ['RequestLimitExceeded', 'STORE_BUSY'],
    ['LimitExceededException', 'STORE_BUSY'],
    ['TransactionConflictException', 'STORE_BUSY'],
    ['ResourceNotFoundException', 'STORE_MISCONFIGURED'],
    ['ExpiredTokenException', 'STORE_MISCONFIGURED'],
    ['UnrecognizedClientException', 'STORE_MISCONFIGURED'],
    ['InvalidSignatureException', 'STORE_MISCONFIGURED'],
    ['IncompleteSignatureException', 'STORE_MISCONFIGURED'],
    ['AccessDeniedException', 'STORE_MISCONFIGURED'],
    ['CredentialsProviderError', 'STORE_MISCONFIGURED'],
    ['MissingAuthenticationToken', 'STORE_MISCONFIGURED'],
    ['MissingAuthenticationTokenException', 'STORE_MISCONFIGURED'],
    ['ItemCollectionSizeLimitExceededException', 'CART_LINES_LIMIT'],
    ['InternalServerError', 'STORE_UNAVAILABLE'],
    ['ServiceUnavailable', 'STORE_UNAVAILABLE'],
    ['ServiceUnavailableException', 'STORE_UNAVAILABLE'],
    ['TimeoutError', 'STORE_TIMEOUT'],
    ['RequestTimeout', 'STORE_TIMEOUT'],
    ['AbortError', 'STORE_TIMEOUT'],
    ['SerializationException', 'INTERNAL_ERROR'],
    ['toString', 'INTERNAL_ERROR'],
  ])('%s is %s, with itself as the cause', (name, code) => {
    const error = named(name)
    expect(storeError(error)).toMatchObject({ code, cause: error })
  })

  it.each([
    ['a refused connection', system('ECONNREFUSED'), 'STORE_UNAVAILABLE'],
    ['a host that has no address', system('ENOTFOUND'), 'STORE_UNAVAILABLE'],
    ['a reset with the SDK’s name', system('ECONNRESET', 'TimeoutError'), 'STORE_UNAVAILABLE'],
    ['a broken pipe', system('EPIPE', 'TimeoutError'), 'STORE_UNAVAILABLE'],
    ['a connection that ended', new Error('socket hang up'), 'STORE_UNAVAILABLE'],
    ['a timeout of the request', system('ETIMEDOUT', 'TimeoutError'), 'STORE_TIMEOUT'],
    ['an answer of 503 by something in between', http(503), 'STORE_UNAVAILABLE'],
    ['an answer of 400 that nobody knows', http(400), 'INTERNAL_ERROR'],
    ['no region', new Error('Region is missing'), 'STORE_MISCONFIGURED'],
    [
      'an endpoint that is not a URL',
      system('ERR_INVALID_URL', 'TypeError'),
      'STORE_MISCONFIGURED',
    ],
    [
      'an update that makes the item too large',
      validation('Item size to update has exceeded the maximum allowed size'),
      'CART_LINES_LIMIT',
    ],
    [
      'an item that is too large',
      validation('Item size has exceeded the maximum allowed size'),
      'CART_LINES_LIMIT',
    ],
    ['any other invalid request', validation('Invalid UpdateExpression'), 'INTERNAL_ERROR'],
    [
      'a request that was sent and got no response',
      failure('NetworkError', 'UND_ERR_SOCKET'),
      'STORE_UNAVAILABLE',
    ],
    ['a damaged response', failure('DamagedResponse'), 'STORE_UNAVAILABLE'],
    [
      'a connection that took too long to establish',
      failure('NetworkError', 'UND_ERR_CONNECT_TIMEOUT', false),
      'STORE_TIMEOUT',
    ],
    ['a wait for one of our connections', failure('NoConnection', undefined, false), 'STORE_BUSY'],
    ['no file descriptor for a connection', failure('NetworkError', 'EMFILE', false), 'STORE_BUSY'],
    ['a fault of ours', new TypeError('x is not a function'), 'INTERNAL_ERROR'],
    ['something that is no error', undefined, 'INTERNAL_ERROR'],
  ])('%s', (_what, error, code) => {
    expect(storeError(error).code).toBe(code)
  })

  it('is a CartError itself, if it was one', () => {
    const error = new CartError('CART_EMPTY')
    expect(storeError(error)).toBe(error)
  })

  it('is STORE_UNAVAILABLE when nothing listens', async () => {
    // Port 9 (discard) is closed on loopback.
    const clientConfig = { ...clientConfigFor('http://127.0.0.1:9'), maxAttempts: 1 }
    expect(await codeOf(openDynamoStore({ tableName: 'carts', clientConfig }))).toBe(
      'STORE_UNAVAILABLE',
    )
  })
})

describe('a change after a failure', () => {
  it.each([
    ['throttling', named('ThrottlingException'), 'nothing was changed'],
    ['throughput', named('ProvisionedThroughputExceededException'), 'nothing was changed'],
    ['a refused connection', system('ECONNREFUSED'), 'nothing was changed'],
    [
      'a clock that the SDK has corrected',
      named('InvalidSignatureException', { $metadata: { clockSkewCorrected: true } }),
      'nothing was changed',
    ],
    ['a condition that was not met', named('ConditionalCheckFailedException'), 'it is final'],
    ['a request that is not valid', validation('Invalid UpdateExpression'), 'it is final'],
    ['a lost connection', system('ECONNRESET', 'TimeoutError'), 'it may have happened'],
    ['a connection that ended', new Error('socket hang up'), 'it may have happened'],
    ['a timeout', system('ETIMEDOUT', 'TimeoutError'), 'it may have happened'],
    ['an error inside the database', named('InternalServerError'), 'it may have happened'],
    ['a response of 503', http(503), 'it may have happened'],
    ['a request that was sent', failure('NetworkError', 'ECONNRESET'), 'it may have happened'],
    ['a damaged response', failure('DamagedResponse'), 'it may have happened'],
    [
      'a connection reset before the request was sent',
      failure('NetworkError', 'ECONNRESET', false),
      'nothing was changed',
    ],
    ['a wait for one of our connections', failure('NoConnection', undefined, false), 'it is final'],
  ])('after %s', (_what, error, verdict) => {
    expect(isSafeToResend(error)).toBe(verdict === 'nothing was changed')
    expect(mayHaveHappened(error)).toBe(verdict === 'it may have happened')
  })
})
