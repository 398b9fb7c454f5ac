import type { JWTPayload } from 'jose'
import { type EntityId, parseEntityId, parseIdText } from '../../cart/ids.ts'
import type { Config } from '../../config/config.ts'
import type { Identity } from '../auth.ts'
import { Refusal } from './refusal.ts'

/** Claims that providers put roles into: text with spaces between them, or a list. */
const ROLE_CLAIMS = ['scope', 'scp', 'permissions']

/**
 * The caller of a verified token.
 *
 * @throws Refusal
 */
export function identityOf(payload: JWTPayload, config: Config): Identity {
  if (rolesOf(payload).includes(config.AUTH_SERVICE_SCOPE)) return { role: 'service' }
  const customerId = customerOf(payload[config.AUTH_CUSTOMER_CLAIM], config)
  if (customerId === undefined)
    throw new Refusal('customer', `the claim ${config.AUTH_CUSTOMER_CLAIM} is not a customer id`)
  return { role: 'customer', customerId }
}

function customerOf(claim: unknown, config: Config): EntityId | undefined {
  const isInteger = config.AUTH_NUMERIC_CUSTOMER === 'integer' && looksNumeric(claim)
  return parseEntityId(isInteger ? Number(claim) : claim)
}

/** Whether a claim is a string that looks like an integer id. */
export function looksNumeric(claim: unknown): boolean {
  return typeof claim === 'string' && typeof parseIdText(claim) === 'number'
}

function rolesOf(payload: JWTPayload): unknown[] {
  return ROLE_CLAIMS.flatMap((name) => {
    const claim = payload[name]
    return typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  })
}

/**
 * Checks for whom a verified token was issued. A token without `aud` is accepted if its `client_id` is one of
 * AUTH_CLIENT_IDS: Amazon Cognito's access tokens are like this.
 *
 * @throws Refusal
 */
export function checkAudience({ aud, client_id }: JWTPayload, config: Config): void {
  const { AUTH_AUDIENCE: audience, AUTH_CLIENT_IDS: clients } = config
  if (audience === undefined && clients === undefined) return
  if (aud === undefined) {
    const accepted = clients?.split(',').map((id) => id.trim()) ?? []
    if (typeof client_id === 'string' && accepted.includes(client_id)) return
    const wanted = clients === undefined ? 'aud is missing' : 'client_id is not in AUTH_CLIENT_IDS'
    throw new Refusal('aud', wanted)
  }
  if (audience === undefined || ![aud].flat().includes(audience))
    throw new Refusal('aud', 'aud does not contain AUTH_AUDIENCE')
}
