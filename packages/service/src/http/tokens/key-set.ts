import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose'

/** The signature algorithms that are accepted: asymmetric ones only, because a JWK set is public. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]

/** Shorter RSA keys cannot verify a signature (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048

/** What was read is not a JWK set with a key that can verify signatures. */
export class UnusableKeySet extends Error {
  override readonly name = 'UnusableKeySet'
}

/**
 * The keys of a JWK set.
 *
 * @param value parsed JSON
 * @throws UnusableKeySet
 */
export async function readKeySet(value: unknown): Promise<JWTVerifyGetKey> {
  const { keys, jwks_uri: uri } = Object(value) as Partial<JSONWebKeySet> & { jwks_uri?: unknown }
  if (typeof uri === 'string' && keys === undefined)
    throw new UnusableKeySet(`it is a discovery document; its JWK set is at ${uri}`)
  if (!Array.isArray(keys)) throw new UnusableKeySet('it is not a JWK set')
  for (const key of keys) if (await canVerify(key)) return createLocalJWKSet({ keys: [...keys] })
  throw new UnusableKeySet(`none of its ${keys.length} keys can verify signatures`)
}

async function canVerify(jwk: JWK): Promise<boolean> {
  for (const alg of ALGORITHMS) {
    try {
      const key = await createLocalJWKSet({ keys: [jwk] })({ alg })
      const { modulusLength = MIN_RSA_BITS } = key.algorithm as { modulusLength?: number }
      if (modulusLength >= MIN_RSA_BITS) return true
    } catch {
      // Not a key for this algorithm.
    }
  }
  return false
}
