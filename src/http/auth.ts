import { readFile } from 'node:fs/promises'
import type { FastifyRequest } from 'fastify'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { CartError } from '../cart/errors.ts'
import { type EntityId, parseEntityId } from '../cart/ids.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'

/** The caller: a customer, who may access their own carts, or a service, which may access all carts. */
export type Identity =
  | { readonly role: 'customer'; readonly customerId: EntityId }
  | { readonly role: 'service' }

/** Identifies the caller by the `authorization` header. Rejects with UNAUTHENTICATED. */
export type Authenticator = (authorization: string | undefined) => Promise<Identity>

const ALGORITHMS = [
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

/**
 * The authenticator according to the settings; `undefined` when the service is open to everybody.
 *
 * @throws ConfigError when the key set cannot be used
 */
export async function openAuthenticator(config: Config): Promise<Authenticator | undefined> {
  const keys = await keysOf(config)
  if (keys === undefined) return undefined
  const options = {
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    ...(config.AUTH_ISSUER !== undefined && { issuer: config.AUTH_ISSUER }),
    ...(config.AUTH_AUDIENCE !== undefined && { audience: config.AUTH_AUDIENCE }),
  }
  return async (authorization) => {
    const token = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw new CartError('UNAUTHENTICATED')
    try {
      const { payload } = await jwtVerify(token, keys, options)
      return identityOf(payload, config)
    } catch (error) {
      throw new CartError('UNAUTHENTICATED', undefined, { cause: error })
    }
  }
}

function identityOf(payload: JWTPayload, config: Config): Identity {
  const { scope } = payload
  const scopes = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : []
  if (scopes.includes(config.AUTH_SERVICE_SCOPE)) return { role: 'service' }
  const customerId = parseEntityId(payload[config.AUTH_CUSTOMER_CLAIM])
  if (customerId === undefined)
    throw new Error(`the claim ${config.AUTH_CUSTOMER_CLAIM} is not a customer id`)
  return { role: 'customer', customerId }
}

async function keysOf(config: Config): Promise<JWTVerifyGetKey | undefined> {
  const { AUTH_JWKS_URL: url, AUTH_JWKS_FILE: file } = config
  if (url !== undefined && file !== undefined) {
    throw new ConfigError('AUTH_JWKS_URL and AUTH_JWKS_FILE must not both be set')
  }
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new ConfigError(`AUTH_JWKS_URL must be an http or https URL (got "${url}")`)
    return createRemoteJWKSet(new URL(url), { timeoutDuration: 5000 })
  }
  if (file === undefined) return undefined
  try {
    return createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new ConfigError(`AUTH_JWKS_FILE ${file}: ${(error as Error).message}`)
  }
}

const identities = new WeakMap<FastifyRequest, Identity>()

/** Stores the caller of a request for the functions below. */
export function setIdentity(request: FastifyRequest, identity: Identity): void {
  identities.set(request, identity)
}

/** The caller of a request. When no tokens are required, every caller is a service. */
export function identityOfRequest(request: FastifyRequest): Identity {
  return identities.get(request) ?? { role: 'service' }
}

/** A string that identifies the caller. */
export function callerOf(request: FastifyRequest): string {
  const identity = identityOfRequest(request)
  return identity.role === 'customer' ? `customer ${identity.customerId}` : 'service'
}

/** FORBIDDEN unless the caller may act for that customer. */
export function requireCustomer(request: FastifyRequest, customerId: EntityId): void {
  const identity = identityOfRequest(request)
  if (identity.role === 'customer' && identity.customerId !== customerId)
    throw new CartError('FORBIDDEN')
}

/** Whether the caller may read and change the carts of that customer. */
export function mayReach(request: FastifyRequest, customerId: EntityId): boolean {
  const identity = identityOfRequest(request)
  return identity.role === 'service' || identity.customerId === customerId
}
