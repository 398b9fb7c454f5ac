import { PushcartError } from './error.ts'

/** Longest a client waits because a service asked it to; asked for more, it gives up at once and says so. */
export const MOST_RETRY_AFTER_MS = 30_000
const FIRST_BACKOFF_MS = 100
const MOST_BACKOFF_MS = 5_000

/** 429 and 503 mean "later"; 502 and 504 come from a proxy whose service went away or was too slow. */
const RETRIED_STATUS = new Set([429, 502, 503, 504])

/** Runs `attempt` until it succeeds, fails for a reason that a retry cannot fix, or `retries` are used up. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PushcartError)) throw error
      if (failures > retries || !isWorthRetrying(error)) throw counted(error, failures)
      await pause(waitBefore(failures, error.retryAfterMs), signal)
    }
  }
}

function isWorthRetrying({ code, status, retryAfterMs = 0 }: PushcartError): boolean {
  if (retryAfterMs > MOST_RETRY_AFTER_MS) return false
  return code === 'NETWORK_ERROR' || code === 'TIMEOUT' || RETRIED_STATUS.has(status)
}

/**
 * Milliseconds to wait after so many failures: random up to a bound that doubles ("full jitter", so that clients
 * that failed together do not come back together), on top of what the service asked for.
 */
function waitBefore(failures: number, retryAfterMs = 0): number {
  const bound = Math.min(MOST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1))
  return retryAfterMs + Math.random() * bound
}

/** The same error, knowing how often the request was sent. */
function counted(error: PushcartError, attempts: number): PushcartError {
  return attempts === 1 ? error : new PushcartError(error.code, error.message, error, attempts)
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
}

/** Milliseconds from a `Retry-After` header, which holds seconds or a date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const wait = Date.parse(header) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
