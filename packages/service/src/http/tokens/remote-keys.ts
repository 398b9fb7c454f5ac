import type { FastifyBaseLogger } from 'fastify'
import { errors, type JWTVerifyGetKey } from 'jose'
import type { AuthEvents } from '../../observe/auth-events.ts'
import { readKeySet } from './key-set.ts'

/** Keys are fetched again when they are used after this time. */
const REFRESH_MS = 10 * 60_000
/** Maximum time for one fetch. */
const TIMEOUT_MS = 5000
/** Minimum time from a failed fetch to the next. */
const RETRY_MS = 5000
/** Minimum time between two fetches that tokens with an unknown key cause. */
const UNKNOWN_KEY_MS = 10_000

/** The keys cannot be fetched, and there are none that may still be used. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

export interface RemoteKeysOptions {
  /** How long keys are used after the provider last returned them. */
  readonly maxAgeMs: number
  readonly logger: FastifyBaseLogger
  readonly events: AuthEvents
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number
}

/** The keys of an identity provider. */
export interface RemoteKeys {
  /** The key of a token. Rejects with KeysUnavailable. */
  readonly getKey: JWTVerifyGetKey
  /** Fetches the keys once. Returns the error if that failed. */
  fetch(): Promise<Error | undefined>
}

/**
 * The JWK set at `url`, which is fetched when it is needed, and again every ten minutes. If that fails, the keys that were
 * fetched before stay in use for `maxAgeMs`. A token with an unknown key causes a fetch at once, because the provider may
 * have a new key; further unknown keys cause at most one fetch every ten seconds, because anybody can send them.
 */
export function openRemoteKeys(url: URL, options: RemoteKeysOptions): RemoteKeys {
  const { maxAgeMs, logger, events, now } = options
  let keys: JWTVerifyGetKey | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  /** The last fetch, if it failed. */
  let failure: { readonly at: number; readonly error: Error } | undefined
  let unknownKeyAt = Number.NEGATIVE_INFINITY
  let pending: Promise<void> | undefined

  function refresh(): Promise<void> {
    pending ??= fetchKeySet(url)
      .then((found) => {
        if (failure !== undefined) logger.info({ url }, 'the keys for tokens can be fetched again')
        ;[keys, fetchedAt, failure] = [found, now(), undefined]
        events.keysFetched('ok')
      })
      .catch((error: Error) => {
        failure = { at: now(), error }
        events.keysFetched('failed')
        const usable_for_s = Math.max(0, Math.round((fetchedAt + maxAgeMs - now()) / 1000))
        logger.error(
          { url, err: error, usable_for_s: keys === undefined ? 0 : usable_for_s },
          'the keys for tokens could not be fetched',
        )
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  async function currentKeys(): Promise<JWTVerifyGetKey> {
    const usable = () => keys !== undefined && now() - fetchedAt <= maxAgeMs
    const mayFetch =
      pending !== undefined || failure === undefined || now() - failure.at >= RETRY_MS
    if (now() - fetchedAt > REFRESH_MS && mayFetch) {
      const fetching = refresh()
      // A provider that failed last time may hang: requests do not wait for it if they have keys.
      if (failure === undefined || !usable()) await fetching
    }
    if (keys !== undefined && usable()) return keys
    throw unavailable()
  }

  /** The keys after a token with an unknown key; `undefined` if another fetch would be too early. */
  async function keysAfterRotation(): Promise<JWTVerifyGetKey | undefined> {
    if (pending === undefined && now() - unknownKeyAt < UNKNOWN_KEY_MS) {
      if (failure !== undefined) throw unavailable()
      return undefined
    }
    unknownKeyAt = now()
    await refresh()
    if (failure !== undefined) throw unavailable()
    return keys
  }

  function unavailable(): KeysUnavailable {
    return new KeysUnavailable(`the keys at ${url} could not be fetched`, { cause: failure?.error })
  }

  return {
    async getKey(header, token) {
      const known = await currentKeys()
      try {
        return await known(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        const fresh = await keysAfterRotation()
        if (fresh === undefined) throw error
        return fresh(header, token)
      }
    },
    async fetch() {
      await refresh()
      return failure?.error
    },
  }
}

async function fetchKeySet(url: URL): Promise<JWTVerifyGetKey> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`it responded with ${response.status}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('it responded with 200 and a body that is not JSON')
  }
  return readKeySet(value)
}
