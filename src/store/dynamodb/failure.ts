import type { Item } from './attributes.ts'

/** What `errors.ts` reads from a failed request; the SDK's own errors carry the same under the same names. */
export interface FailureFacts {
  /** The exception's name without its namespace, or one of the names that `http.ts` and `requests.ts` give. */
  readonly name: string
  /** The system's code (`ECONNRESET`) or undici's (`UND_ERR_SOCKET`), where there is one. */
  readonly code?: string | undefined
  readonly httpStatusCode?: number | undefined
  /** The signature was refused for its time, and the time is right from now on. */
  readonly clockSkewCorrected?: boolean
  /** False: no byte of the request has left, so it cannot have been carried out. */
  readonly sent?: boolean
  /** The item that did not meet a condition, as the database showed it. */
  readonly item?: Item | undefined
  readonly cause?: unknown
}

/** A request that DynamoDB refused, or that got no usable answer. */
export class DynamoFailure extends Error {
  override readonly name: string
  readonly code: string | undefined
  readonly $metadata: { readonly httpStatusCode?: number; readonly clockSkewCorrected: boolean }
  readonly sent: boolean
  readonly item: Item | undefined

  constructor(message: string, facts: FailureFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    const { httpStatusCode, clockSkewCorrected = false, sent = true } = facts
    this.name = facts.name
    this.code = facts.code
    this.$metadata = { ...(httpStatusCode !== undefined && { httpStatusCode }), clockSkewCorrected }
    this.sent = sent
    this.item = facts.item
  }
}
