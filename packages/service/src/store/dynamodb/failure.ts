import type { Item } from './attributes.ts'

/** What `errors.ts` reads from a failed request. The SDK's errors carry the same facts under the same names. */
export interface FailureFacts {
  /** The exception's name without its namespace, or a name of ours such as `NoConnection`. */
  readonly name: string
  /** The system's code (`ECONNRESET`) or undici's (`UND_ERR_SOCKET`), if there is one. */
  readonly code?: string | undefined
  readonly httpStatusCode?: number | undefined
  /** The clock was corrected after the request had been signed. */
  readonly clockSkewCorrected?: boolean
  /** False: no byte of the request has left, so it cannot have been executed. */
  readonly sent?: boolean
  /** The item that did not meet a condition, as the database returned it. */
  readonly item?: Item | undefined
  readonly cause?: unknown
}

/** A request that DynamoDB refused, or that got no usable response. */
export class DynamoFailure extends Error {
  override readonly name: string
  readonly code: string | undefined
  readonly $metadata: { readonly httpStatusCode?: number; readonly clockSkewCorrected: boolean }
  readonly sent: boolean
  readonly Item: Item | undefined
  /** The region whose table failed, if it is not the own region. */
  region: string | undefined

  constructor(message: string, facts: FailureFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    const { httpStatusCode, clockSkewCorrected = false, sent = true } = facts
    this.name = facts.name
    this.code = facts.code
    this.$metadata = { ...(httpStatusCode !== undefined && { httpStatusCode }), clockSkewCorrected }
    this.sent = sent
    this.Item = facts.item
  }

  /** Not sent, because the table of that region has just failed. */
  static regionDown(region: string): DynamoFailure {
    const message = `The table of ${region} does not respond`
    return Object.assign(new DynamoFailure(message, { name: 'NetworkError', sent: false }), {
      region,
    })
  }

  /** The request never got a connection. */
  static noConnection(timeoutMs: number): DynamoFailure {
    const message = `No connection within ${timeoutMs} ms`
    return new DynamoFailure(message, { name: 'NoConnection', sent: false })
  }

  /** The request was sent, but the response did not arrive in time. */
  static noResponse(timeoutMs: number): DynamoFailure {
    return new DynamoFailure(`No response within ${timeoutMs} ms`, { name: 'TimeoutError' })
  }

  /** The response is unreadable, so it is as good as lost. */
  static damagedResponse(message: string, cause?: unknown): DynamoFailure {
    return new DynamoFailure(message, { name: 'DamagedResponse', cause })
  }
}
