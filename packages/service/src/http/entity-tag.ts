import type { FastifyReply } from 'fastify'
import type { Cart } from '../cart/cart.ts'

/**
 * Entity tags of carts: `"7"` is version 7. A cart that is read with warnings has `"7-k3Jx0aZ9_qw"`: the rest names the
 * warnings, which come from the catalog and change without a change of the cart. `If-None-Match` compares whole tags, so
 * that a 304 never stands for another text; `If-Match` compares versions (`change-terms.ts`), because a warning must not keep
 * a change from being made. The response to a change has the version alone.
 */
export const VERSION_TAG = /^"(\d{1,15})(?:-[\w-]{1,22})?"$/

/** Sets the cart's version as entity tag, and `idempotency-replayed` for a replay. */
export function setVersion<T extends FastifyReply>(
  reply: T,
  { version, replayed }: { readonly version: number; readonly replayed?: boolean },
): T {
  reply.header('etag', `"${version}"`)
  if (replayed === true) reply.header('idempotency-replayed', 'true')
  return reply
}

/** The tag of the text of this cart that has this `CartText.variant`. */
export function cartTag(cart: Cart, variant: string): string {
  return variant === '' ? `"${cart.version}"` : `"${cart.version}-${variant}"`
}

/** Whether an `If-None-Match` header matches this tag (RFC 9110, 13.1.2: weak comparison). */
export function matchesAny(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((each) => each.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(tag)
}
