import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { CartError } from '../cart/errors.ts'
import { type Config, CUSTOMER_PER_MINUTE } from '../config/config.ts'
import { type Authenticator, callerOf, setIdentity } from './auth.ts'
import { clientAddress } from './client-address.ts'
import { Refusal } from './tokens/refusal.ts'
import { addVary } from './vary.ts'

/** Requires a token on every non-public route of this scope. The log says which check of a refused token failed. */
export function installAuthentication(scope: FastifyInstance, authenticate: Authenticator): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.state.route.config.public === true) return
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
 * How many requests per minute one caller may make, and whether that holds for customers only; `undefined` for no limit. By default not
 * for addresses: behind a load balancer, all callers may have its address, and they are limited by their connections.
 *
 * @param secured whether the service requires bearer tokens
 */
export function rateLimitOf(
  { RATE_LIMIT_PER_MINUTE: wanted }: Pick<Config, 'RATE_LIMIT_PER_MINUTE'>,
  secured: boolean,
): { readonly perMinute: number; readonly customersOnly: boolean } | undefined {
  if (wanted !== undefined)
    return wanted === 0 ? undefined : { perMinute: wanted, customersOnly: false }
  return secured ? { perMinute: CUSTOMER_PER_MINUTE, customersOnly: true } : undefined
}

/**
 * Limits the requests per minute of one caller to the routes of this scope. Customers are identified by their token, other
 * callers by their address. Every instance counts separately.
 */
export async function installRateLimit(
  scope: FastifyInstance,
  limit: ReturnType<typeof rateLimitOf>,
): Promise<void> {
  if (limit === undefined) return
  const { perMinute, customersOnly } = limit
  // Awaited, because the plugin applies only to routes that are added after it has loaded.
  await scope.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    ...(customersOnly ? { allowList: (request) => callerOf(request) === 'service' } : {}),
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
