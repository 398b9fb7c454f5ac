import { CartError } from './errors.ts'

/**
 * A change with an idempotency key takes effect exactly once: the key is recorded in the cart by the same atomic write
 * as the change, so that a retry finds the record and gets the original result.
 *
 * Bounds: a key is valid for 24 hours. A cart keeps at most 32 keys; a further key leaves only the newest 16 that are still
 * valid. So a retry is safe until 16 other keyed changes of the same cart have followed. More keys would be expensive on
 * DynamoDB, where every write pays for the size of the whole item.
 */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000
export const MAX_KEYS = 32
export const KEYS_LEFT = 16

/** A client's idempotency key as stores see it: digests of fixed length. */
export interface IdempotencyKey {
  /** Digest of the key and its owner: 22 characters of base64url. */
  readonly id: string
  /** Digest of the request: 22 characters of base64url. */
  readonly fingerprint: string
}

/** The key of a change that has been made. */
export interface KeyRecord extends IdempotencyKey {
  /** The version that the change made. */
  readonly version: number
  /** When the change was made, milliseconds since the epoch. */
  readonly at: number
}

/** The record of `key` if it is valid at `now`. Fails with IDEMPOTENCY_KEY_REUSED if it was recorded for another request. */
export function findKey(
  records: readonly KeyRecord[],
  key: IdempotencyKey | undefined,
  now: number,
): KeyRecord | undefined {
  const record = records.find(({ id, at }) => id === key?.id && now < at + KEY_LIFETIME_MS)
  if (record !== undefined && record.fingerprint !== key?.fingerprint) {
    throw new CartError('IDEMPOTENCY_KEY_REUSED')
  }
  return record
}

/** The records plus `added`, within the bounds above, in order of version; of many, those that are valid at `moment`. */
export function withKey(
  records: readonly KeyRecord[],
  added: KeyRecord,
  moment = added.at,
): KeyRecord[] {
  const others = records.filter(({ id }) => id !== added.id)
  const kept =
    others.length < MAX_KEYS
      ? others
      : others
          .filter(({ at }) => moment < at + KEY_LIFETIME_MS)
          .sort((a, b) => a.version - b.version)
          .slice(-KEYS_LEFT)
  return [...kept, added].sort((a, b) => a.version - b.version)
}
