import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { CartError } from '../cart/errors.ts'
import { type Authenticator, callerOf, setIdentity } from './auth.ts'

/** Asks for a token on every route of this scope that is not public. 401 with a challenge (RFC 6750) without a good one. */
export function installAuthentication(scope: FastifyInstance, authenticate: Authenticator): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public === true) return
    reply.header('www-authenticate', 'Bearer')
    setIdentity(request, await authenticate(request.headers.authorization))
    reply.removeHeader('www-authenticate')
  })
}

/**
 * Bounds what one caller may ask of the routes of this scope in a minute: a customer by their token, anybody else by
 * address. Counted by each instance on its own.
 *
 * @param perMinute requests; 0 for no bound
 */
export async function installRateLimit(scope: FastifyInstance, perMinute: number): Promise<void> {
  if (perMinute === 0) return
  // Awaited, since it reaches only routes that are added after it has been loaded.
  await scope.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => {
      const caller = callerOf(request)
      return caller === 'service' ? request.ip : caller
    },
    errorResponseBuilder: (_request, { after }) =>
      new CartError('RATE_LIMITED', `At most ${perMinute} requests a minute; again in ${after}.`),
  })
}
