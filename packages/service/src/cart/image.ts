import { createHash } from 'node:crypto'
import type { CartState } from './rules.ts'

/**
 * The canonical text of everything that a store keeps of a cart, for comparing a cart with its copy in another database:
 * JSON with sorted names. Carts that every store treats alike have the same text: the order of absorbed carts has no meaning,
 * and lines and keys are in the order in which stores return them.
 */
export function canonicalText(state: CartState): string {
  const { absorbed, ...rest } = state
  return JSON.stringify({ ...rest, absorbed: [...absorbed].sort() }, sorted)
}

/** Digest of the canonical text: 43 characters of base64url. */
export function digestOf(state: CartState): string {
  return createHash('sha256').update(canonicalText(state)).digest('base64url')
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
