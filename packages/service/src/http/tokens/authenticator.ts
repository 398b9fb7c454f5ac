import { readFile } from 'node:fs/promises'
import type { FastifyBaseLogger } from 'fastify'
import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'
import { CartError } from '../../cart/errors.ts'
import type { Config } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { AuthEvents } from '../../observe/auth-events.ts'
import type { Authenticator } from '../auth.ts'
import { checkAudience, identityOf, looksNumeric } from './claims.ts'
import { ALGORITHMS, readKeySet, UnusableKeySet } from './key-set.ts'
import { Refusal, refusalOf } from './refusal.ts'
import { KeysUnavailable, openRemoteKeys } from './remote-keys.ts'

/** For shops whose carts belong to integers, which such tokens cannot access. */
const NUMERIC_CUSTOMER =
  'tokens name customers by strings of digits, which are other customers than integers: set AUTH_NUMERIC_CUSTOMER=integer if the carts belong to integers, else AUTH_NUMERIC_CUSTOMER=string'

/** What authentication reports to. */
export interface AuthReports {
  readonly logger: FastifyBaseLogger
  readonly events: AuthEvents
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
}

/**
 * The authenticator according to the settings; `undefined` when the service is open to everybody.
 *
 * @throws ConfigError when the key set cannot be used. A key set that cannot be fetched is only logged, because a restart
 *   must not depend on the identity provider.
 */
export async function openAuthenticator(
  config: Config,
  reports: AuthReports,
): Promise<Authenticator | undefined> {
  const keys = await keysOf(config, reports)
  if (keys === undefined) return undefined
  const { AUTH_ISSUER: issuer } = config
  const options: JWTVerifyOptions = {
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    clockTolerance: config.AUTH_CLOCK_TOLERANCE_SECONDS,
    ...(issuer !== undefined && { issuer }),
  }
  let isWarned = config.AUTH_NUMERIC_CUSTOMER !== undefined
  return async (authorization) => {
    try {
      const payload = await verify(tokenOf(authorization), keys, options)
      checkAudience(payload, config)
      const identity = identityOf(payload, config)
      if (!isWarned && identity.role === 'customer' && looksNumeric(identity.customerId)) {
        isWarned = true
        reports.logger.warn(NUMERIC_CUSTOMER)
      }
      return identity
    } catch (error) {
      if (error instanceof KeysUnavailable)
        throw new CartError('AUTH_UNAVAILABLE', undefined, { cause: error })
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      reports.events.refused(refusal.reason)
      throw new CartError('UNAUTHENTICATED', undefined, { cause: refusal })
    }
  }
}

function tokenOf(authorization: string | undefined): string {
  const credentials = /^Bearer(?: +(.*))?$/i.exec(authorization ?? '')
  if (credentials === null) throw new Refusal('missing')
  const [, token = ''] = credentials
  if (!/^[\w.~+/=-]{1,8192}$/.test(token)) throw new Refusal('malformed')
  return token
}

/** The claims of a token. Without a `kid`, each key of its algorithm is tried. */
async function verify(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions) {
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    let failure: unknown = error
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload
      } catch (reason) {
        if (!(reason instanceof errors.JWSSignatureVerificationFailed)) throw reason
        failure = reason
      }
    }
    throw failure
  }
}

async function keysOf(config: Config, reports: AuthReports): Promise<JWTVerifyGetKey | undefined> {
  const { AUTH_JWKS_URL: url, AUTH_JWKS_FILE: file } = config
  if (url !== undefined) {
    const remote = openRemoteKeys(new URL(url), {
      ...reports,
      maxAgeMs: config.AUTH_KEYS_MAX_AGE_SECONDS * 1000,
      now: reports.now ?? (() => performance.now()),
    })
    const failure = await remote.fetch()
    if (failure instanceof UnusableKeySet)
      throw new ConfigError(`AUTH_JWKS_URL ${url}: ${failure.message}`)
    return remote.getKey
  }
  if (file === undefined) return undefined
  try {
    return await readKeySet(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new ConfigError(`AUTH_JWKS_FILE ${file}: ${(error as Error).message}`)
  }
}
