import type { FastifyReply } from 'fastify'

/** Sets the cart's version as entity tag, and `idempotency-replayed` for a replay. */
export function setVersion<T extends FastifyReply>(
  reply: T,
  { version, replayed }: { readonly version: number; readonly replayed?: boolean },
): T {
  reply.header('etag', `"${version}"`)
  if (replayed === true) reply.header('idempotency-replayed', 'true')
  return reply
}

/** Whether an `If-None-Match` header matches this version (RFC 9110, 13.1.2: weak comparison). */
export function matchesAny(header: string | undefined, version: number): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(`"${version}"`)
}
