import { stringify, v7, validate } from 'uuid'

/** A customer or product id: an integer >= 1, or a string. The string `"42"` and the integer 42 are different ids. */
export type EntityId = number | string

// \p{C} covers control, format, unassigned and lone-surrogate code points, which some database, terminal or log changes.
const TEXT_ID = /^[^\p{C}]{1,64}$/u

/**
 * Strings that are not valid ids: every URL parser treats `.` and `..` as steps in a path, even percent-encoded, so a product
 * with such an id could be added to a cart but not addressed in it.
 */
export const PATH_STEPS: readonly string[] = ['.', '..']

/** The rule for ids, for error messages. */
export const ENTITY_ID_RULE = `must be an integer from 1 to ${Number.MAX_SAFE_INTEGER} or a string of 1 to 64 printable characters except "." and ".."`

/**
 * Parses a customer or product id that has a type, as in JSON: an integer stays an integer, a string stays that string.
 *
 * @returns the id, or `undefined` when `value` is not one
 */
export function parseEntityId(value: unknown): EntityId | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 1 ? value : undefined
  if (typeof value !== 'string' || PATH_STEPS.includes(value)) return undefined
  return TEXT_ID.test(value) ? value : undefined
}

/**
 * Parses an id where text has no type: in a URL or in a CSV file. A text that looks like an integer id is the integer, a text
 * with quotes around that is the string of digits, and any other text is the string that it is: `42` is 42, `"42"` is the
 * string `42`, and `0042` and numbers above the largest safe integer are strings. The inverse of `idText`.
 *
 * @returns the id, or `undefined` when `text` is not one
 */
export function parseIdText(text: string): EntityId | undefined {
  return parseEntityId(readIdText(text))
}

/** The text form of an id, for URLs, messages and logs: different ids have different texts. */
export function idText(id: EntityId): string {
  return typeof id === 'number' || readIdText(id) === id ? `${id}` : `"${id}"`
}

// A string that has these quotes itself gets another pair.
const INTEGER_TEXT = /^("*)([1-9][0-9]{0,15})\1$/

function readIdText(text: string): EntityId {
  const [, quotes, digits] = INTEGER_TEXT.exec(text) ?? []
  const number = Number(digits)
  if (!Number.isSafeInteger(number)) return text
  return quotes === '' ? number : text.slice(1, -1)
}

const ALL_DIGITS = /^[0-9]+$/

/**
 * The text form of an id, for keys in databases: an integer in decimal, a string of digits with a zero before it, any other
 * string as it is. `idFromKey` is its inverse. No integer starts with a zero, and strings of digits were stored as integers
 * before they were ids of their own, so every key that was ever stored keeps its meaning.
 */
export function idKey(id: EntityId): string {
  return typeof id === 'string' && ALL_DIGITS.test(id) ? `0${id}` : `${id}`
}

/** The inverse of `idKey`. */
export function idFromKey(key: string): EntityId {
  if (!ALL_DIGITS.test(key)) return key
  return key.startsWith('0') ? key.slice(1) : Number(key)
}

/** Random bytes for 256 ids: fetching them for each id took 5 % of the CPU of a create. */
const randomBytes = new Uint8Array(256 * 16)
let usedBytes = randomBytes.length

function nextRandom(): Uint8Array {
  if (usedBytes === randomBytes.length) {
    crypto.getRandomValues(randomBytes)
    usedBytes = 0
  }
  usedBytes += 16
  return randomBytes.subarray(usedBytes - 16, usedBytes)
}

/**
 * A new cart id: UUID version 7 (RFC 9562), so that ids sort by creation time and spread evenly when hashed.
 *
 * @param now creation time, milliseconds since the epoch
 */
export function newCartId(now: number): string {
  return v7({ msecs: now, random: nextRandom() })
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

/** The last canonical id: the route and the store ask about the same id, one after the other. */
let lastCartId: string | undefined

/** The canonical (lower-case) form of a cart id, or `undefined` when `value` is not a UUID. */
export function parseCartId(value: string): string | undefined {
  if (value === lastCartId) return value
  if (!validate(value)) return undefined
  lastCartId = value.toLowerCase()
  return lastCartId
}
