import { errors } from 'jose'
import type { CartError } from '../../cart/errors.ts'

/** The check of a token that failed, with the `error_description` for the client. */
export const REFUSALS = {
  missing: 'a bearer token is required',
  malformed: 'the token is not a signed JWT',
  alg: 'the token is signed with an algorithm that is not accepted',
  kid: 'the token is signed with an unknown key',
  signature: 'the signature does not match',
  exp: 'the token has expired, or does not expire',
  nbf: 'the token is not valid yet',
  iss: 'the token is from another issuer',
  aud: 'the token is for another audience',
  customer: 'the token has no customer id',
} as const

export type Reason = keyof typeof REFUSALS

/** Why a token is refused. The message is for the log. It never contains the token. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: Reason

  constructor(reason: Reason, message: string = REFUSALS[reason], options: ErrorOptions = {}) {
    super(message, options)
    this.reason = reason
  }
}

/** The claims that a refusal names; any other claim that is not as expected makes the token malformed. */
const CLAIMS: ReadonlySet<string> = new Set<Reason>(['exp', 'nbf', 'iss', 'aud'])

const BY_CODE: Readonly<Record<string, Reason>> = {
  [errors.JOSEAlgNotAllowed.code]: 'alg',
  [errors.JWKSNoMatchingKey.code]: 'kid',
  [errors.JWKSMultipleMatchingKeys.code]: 'kid',
  [errors.JWSSignatureVerificationFailed.code]: 'signature',
}

/** The refusal for an error of the JWT library; `undefined` for an error that is not about the token. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (!(error instanceof errors.JOSEError)) return undefined
  const claim = 'claim' in error ? String(error.claim) : undefined
  const reason =
    claim === undefined
      ? (BY_CODE[error.code] ?? 'malformed')
      : CLAIMS.has(claim)
        ? (claim as Reason)
        : 'malformed'
  return new Refusal(reason, error.message, { cause: error })
}

/** The value of `WWW-Authenticate` for an error (RFC 6750, section 3); `undefined` if it needs none. */
export function challengeOf({ code, cause }: CartError): string | undefined {
  if (code === 'FORBIDDEN') return 'Bearer error="insufficient_scope"'
  if (code !== 'UNAUTHENTICATED') return undefined
  // A request without a token gets no error code, as the RFC recommends.
  if (!(cause instanceof Refusal) || cause.reason === 'missing') return 'Bearer'
  return `Bearer error="invalid_token", error_description="${REFUSALS[cause.reason]}"`
}
