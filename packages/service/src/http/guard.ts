import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { CartError } from '../cart/errors.ts'
import { type Authenticator, callerOf, setIdentity } from './auth.ts'
import { clientAddress } from './client-address.ts'
import { Refusal } from './tokens/refusal.ts'
import { addVary } from './vary.ts'

/** Requires a token on every non-public route of this scope. The log says which check of a refused token failed. */
export function installAuthentication(scope: FastifyInstance, authenticate: Authenticator): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public === true) return
    addVary(reply, 'Authorization')
    try {
      setIdentity(request, await authenticate(request.headers.authorization))
    } catch (error) {
      const { cause } = error as CartError
      if (cause instanceof Refusal)
        request.log.info({ reason: cause.reason, detail: cause.message }, 'token refused')
      throw error
    }
  })
}

/**
 * Limits the requests per minute of one caller to the routes of this scope. Customers are identified by their token, other
 * callers by their address. Every instance counts separately.
 *
 * @param perMinute maximum number of requests; 0 for no limit
 */
export async function installRateLimit(scope: FastifyInstance, perMinute: number): Promise<void> {
  if (perMinute === 0) return
  // Awaited, because the plugin applies only to routes that are added after it has loaded.
  await scope.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => {
      const caller = callerOf(request)
      return caller === 'service' ? clientAddress(request) : caller
    },
    errorResponseBuilder: (_request, { after }) =>
      new CartError(
        'RATE_LIMITED',
        `At most ${perMinute} requests per minute are allowed. Retry in ${after}.`,
      ),
  })
}
