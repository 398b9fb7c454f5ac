import type { FastifyRequest } from 'fastify'
import { CartError } from '../cart/errors.ts'
import { type EntityId, idText } from '../cart/ids.ts'

/** The caller: a customer, who may access their own carts, or a service, which may access all carts. */
export type Identity =
  | { readonly role: 'customer'; readonly customerId: EntityId }
  | { readonly role: 'service' }

/** Identifies the caller by the `authorization` header. Rejects with UNAUTHENTICATED or AUTH_UNAVAILABLE. */
export type Authenticator = (authorization: string | undefined) => Promise<Identity>

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
  return identity.role === 'customer' ? `customer ${idText(identity.customerId)}` : 'service'
}

/** FORBIDDEN unless the caller may act for that customer. */
export function requireCustomer(request: FastifyRequest, customerId: EntityId): void {
  const identity = identityOfRequest(request)
  if (identity.role === 'service' || identity.customerId === customerId) return
  const [own, asked] = [identity.customerId, customerId].map(idText)
  const isAlike = String(identity.customerId) === String(customerId)
  throw new CartError(
    'FORBIDDEN',
    isAlike
      ? `The token is for the customer ${own}, not for ${asked}: a string and an integer are different ids.`
      : undefined,
  )
}

/** Whether the caller may read and change the carts of that customer. */
export function mayReach(request: FastifyRequest, customerId: EntityId): boolean {
  const identity = identityOfRequest(request)
  return identity.role === 'service' || identity.customerId === customerId
}
