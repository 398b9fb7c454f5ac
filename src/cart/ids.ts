import { stringify, v7, validate } from 'uuid'

/** A customer or product id as clients send and receive it: an integer >= 1, or a string. */
export type EntityId = number | string

// \p{C} covers control, format, unassigned and lone-surrogate code points, which some database, terminal or log changes.
const TEXT_ID = /^[^\p{C}]{1,64}$/u
const ALL_DIGITS = /^[0-9]+$/

/**
 * Strings that are not valid ids: every URL parser treats `.` and `..` as steps in a path, even percent-encoded, so a product
 * with such an id could be added to a cart but not addressed in it.
 */
export const PATH_STEPS: readonly string[] = ['.', '..']

/** The rule for ids, for error messages. */
export const ENTITY_ID_RULE =
  'must be an integer of at least 1 or a string of 1 to 64 printable characters except "." and ".."'

/**
 * Parses a customer or product id. A string of digits is the integer, so `"7"` and `7` are the same id. Any other string
 * of 1 to 64 printable characters except `PATH_STEPS` is an id as it is.
 *
 * @returns the canonical id, or `undefined` when `value` is not an id
 */
export function parseEntityId(value: unknown): EntityId | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1 ? value : undefined
  if (typeof value !== 'string') return undefined
  if (ALL_DIGITS.test(value)) return value.length <= 16 ? parseEntityId(Number(value)) : undefined
  return TEXT_ID.test(value) && !PATH_STEPS.includes(value) ? value : undefined
}

/** The text form of an id, for keys in databases. `idFromKey` is its inverse. */
export function idKey(id: EntityId): string {
  return String(id)
}

/** The inverse of `idKey`: digits are an integer, anything else is a string id. */
export function idFromKey(key: string): EntityId {
  return ALL_DIGITS.test(key) ? Number(key) : key
}

/**
 * A new cart id: UUID version 7 (RFC 9562), so that ids sort by creation time and spread evenly when hashed.
 *
 * @param now creation time, milliseconds since the epoch
 */
export function newCartId(now: number): string {
  return v7({ msecs: now })
}

/**
 * The cart id for a digest: UUID version 8 (RFC 9562). A cart created with an idempotency key has the same id in every
 * retry.
 *
 * @param digest at least 16 bytes of a cryptographic hash
 */
export function derivedCartId(digest: Uint8Array): string {
  const bytes = Uint8Array.from(digest.subarray(0, 16))
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return stringify(bytes)
}

/** The canonical (lower-case) form of a cart id, or `undefined` when `value` is not a UUID. */
export function parseCartId(value: string): string | undefined {
  return validate(value) ? value.toLowerCase() : undefined
}
