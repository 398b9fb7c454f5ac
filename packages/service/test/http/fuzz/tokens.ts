import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { pino } from 'pino'
import type { EntityId } from '../../../src/cart/ids.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { openAuthenticator } from '../../../src/http/tokens/authenticator.ts'
import { NO_AUTH_EVENTS } from '../../../src/observe/auth-events.ts'
import type { Choices } from './choices.ts'
import { CUSTOMERS } from './world.ts'

/** The caller of a request according to its token. */
export type Caller =
  | { readonly role: 'customer'; readonly customerId: EntityId }
  | { readonly role: 'service' | 'nobody' }

export interface Credentials {
  readonly caller: Caller
  /** `undefined`: the header is absent. */
  readonly authorization: string | undefined
}

const NOBODY: Caller = { role: 'nobody' }
/** A customer without a cart. */
const STRANGER = 'eve'

/** The key set of a service, with valid and invalid tokens. */
export async function openTokens() {
  const [own, foreign] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-tokens-'))
  const file = join(folder, 'jwks.json')
  await writeFile(file, JSON.stringify({ keys: [await exportJWK(own.publicKey)] }))
  const config = loadConfig({ AUTH_JWKS_FILE: file, AUTH_ISSUER: 'shop', AUTH_AUDIENCE: 'carts' })
  const authenticate = await openAuthenticator(config, {
    logger: pino({ enabled: false }),
    events: NO_AUTH_EVENTS,
  })
  await rm(folder, { recursive: true })

  const bearer = async (
    claims: Record<string, unknown>,
    { key = own.privateKey, expires = '1h', issuer = 'shop', audience = 'carts' } = {},
  ) => {
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(expires)
    return `Bearer ${await token.sign(key)}`
  }
  const claims = { sub: 'ada', scope: 'pushcart:service' }
  const good = await bearer(claims)
  const [head = '', payload = '', signature = ''] = good.slice('Bearer '.length).split('.')

  const known: Credentials[] = [
    {
      caller: { role: 'service' },
      authorization: await bearer({ sub: 'till', scope: claims.scope }),
    },
  ]
  for (const customerId of [...CUSTOMERS, ...CUSTOMERS, STRANGER]) {
    const authorization = await bearer({ sub: customerId })
    known.push({ caller: { role: 'customer', customerId }, authorization })
  }
  const bad = [
    undefined,
    '',
    'Bearer',
    'Bearer garbage',
    `Bearer ${'x'.repeat(3000)}`,
    `Basic ${good.slice('Bearer '.length)}`,
    await bearer(claims, { expires: '-1m' }),
    await bearer(claims, { key: foreign.privateKey }),
    await bearer(claims, { issuer: 'mall' }),
    await bearer(claims, { audience: 'orders' }),
    await bearer({ sub: '..' }),
    await bearer({ sub: { toString: 'ada' } }),
    await bearer({}),
    `Bearer ${btoa('{"alg":"none"}')}.${payload}.`,
    `Bearer ${head}.${payload}.`,
    `Bearer ${head}.${btoa('{"sub":"ada","scope":"pushcart:service"}')}.${signature}`,
  ]
  return {
    authenticate,
    /** Valid in two of three cases. */
    pick: (choices: Choices): Credentials =>
      choices.chance(67)
        ? choices.pick(known)
        : { caller: NOBODY, authorization: bad[choices.integer(0, bad.length - 1)] },
  }
}
