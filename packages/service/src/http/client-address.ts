import type { FastifyRequest } from 'fastify'

/**
 * The caller's address without a port. Some proxies (Azure Application Gateway, AWS load balancers with client ports
 * preserved) write `203.0.113.7:49152` or `[2001:db8::7]:49152` into `X-Forwarded-For`; the port differs for every
 * connection, so a caller would get a new rate limit with each.
 */
export function clientAddress({ ip }: FastifyRequest): string {
  return /^\[(.+)\](?::\d+)?$/.exec(ip)?.[1] ?? /^([^:]+):\d+$/.exec(ip)?.[1] ?? ip
}
