import { stringify, v7, validate } from 'uuid'

/** A customer or product id as clients send and receive it: an integer >= 1, or a string. */
export type EntityId = number | string

// \p{C} covers control, format, unassigned and lone-surrogate code points: none of them survives
// a trip through every database, terminal and log unchanged.
const TEXT_ID = /^[^\p{C}]{1,64}$/u
const ALL_DIGITS = /^[0-9]+$/

/**
 * Texts that are no ids: every URL parser takes `.` and `..` for steps in a path, even percent-encoded, so a product of
 * that id could be added to a cart but never addressed in it.
 */
export const PATH_STEPS: readonly string[] = ['.', '..']

/** What an id must be, for messages to people. */
export const ENTITY_ID_RULE =
  'must be an integer >= 1 or a text of 1 to 64 printable characters, other than "." and ".."'

/**
 * Reads a customer or product id. An all-digit string is the integer it spells, so `"7"` and `7`
 * are one id; any other string of 1 to 64 printable characters but `PATH_STEPS` is taken as it is.
 *
 * @returns the id in its canonical kind, or `undefined` when `value` is no id at all
 */
export function parseEntityId(value: unknown): EntityId | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1 ? value : undefined
  if (typeof value !== 'string') return undefined
  if (ALL_DIGITS.test(value)) return value.length <= 16 ? parseEntityId(Number(value)) : undefined
  return TEXT_ID.test(value) && !PATH_STEPS.includes(value) ? value : undefined
}

/** The one text form of an id, for keys in databases. `idFromKey` is its inverse. */
export function idKey(id: EntityId): string {
  return String(id)
}

/** The id whose key `key` is: digits stand for an integer, anything else for itself. */
export function idFromKey(key: string): EntityId {
  return ALL_DIGITS.test(key) ? Number(key) : key
}

/**
 * A new cart id: UUID version 7 (RFC 9562), so ids sort by creation time and spread evenly when hashed.
 *
 * @param now creation time, milliseconds since the epoch
 */
export function newCartId(now: number): string {
  return v7({ msecs: now })
}

/**
 * The cart id that belongs to a digest: UUID version 8 (RFC 9562), so that a cart made under an
 * idempotency key has the same id however often it is asked for.
 *
 * @param digest at least 16 bytes of a cryptographic hash
 */
export function derivedCartId(digest: Uint8Array): string {
  const bytes = Uint8Array.from(digest.subarray(0, 16))
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return stringify(bytes)
}

/** The canonical (lower-case) form of a cart id, or `undefined` when no store could have issued it. */
export function parseCartId(value: string): string | undefined {
  return validate(value) ? value.toLowerCase() : undefined
}
