import { CartError } from './errors.ts'

/**
 * Exactly once: a change that carries an idempotency key is recorded in its cart, in the same atomic write
 * as the change itself, so that a retry finds the record and is answered from it.
 *
 * Bounds: a key is honoured for 24 hours. A cart keeps at most 32 of them; when a further one comes, only the
 * newest 16 that are not too old stay. A retry is thus safe until 16 other keyed changes of the same cart
 * have followed. More would be dear on DynamoDB, where every write pays for the size of the whole item.
 */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000
export const MOST_KEYS = 32
export const KEYS_LEFT = 16

/** A client's idempotency key as stores see it: digests of bounded length, made by `idempotencyKey` in src/http. */
export interface IdempotencyKey {
  /** Digest of the key and of whose it is: 22 characters of base64url. */
  readonly id: string
  /** Digest of what was asked with it: 22 characters of base64url. */
  readonly fingerprint: string
}

/** A key whose change has been made. */
export interface KeyRecord extends IdempotencyKey {
  /** The version that the change made: the first answer. */
  readonly version: number
  /** When, in milliseconds since the epoch. */
  readonly at: number
}

/** The record of `key` if it still counts at `now`. Fails with IDEMPOTENCY_KEY_REUSED when it was for something else. */
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

/** The records with `added`, within the bounds above; in order of version. */
export function withKey(records: readonly KeyRecord[], added: KeyRecord): KeyRecord[] {
  const others = records.filter(({ id }) => id !== added.id)
  const kept =
    others.length < MOST_KEYS
      ? others
      : others
          .filter(({ at }) => added.at < at + KEY_LIFETIME_MS)
          .sort((a, b) => a.version - b.version)
          .slice(-KEYS_LEFT)
  return [...kept, added].sort((a, b) => a.version - b.version)
}
