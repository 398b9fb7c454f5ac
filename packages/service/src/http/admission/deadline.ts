import { CartError } from '../../cart/errors.ts'

/** The request header with the time that the client waits for the response, milliseconds. */
export const TIMEOUT_HEADER = 'x-request-timeout'

export const MAX_TIMEOUT_MS = 600_000

/**
 * The time that the client waits, milliseconds; `Infinity` without the header.
 *
 * @throws CartError VALIDATION_FAILED
 */
export function timeoutOf(header: string | string[] | undefined): number {
  if (header === undefined) return Infinity
  const ms = typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : 0
  if (ms >= 1 && ms <= MAX_TIMEOUT_MS) return ms
  throw new CartError(
    'VALIDATION_FAILED',
    `The header X-Request-Timeout must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}.`,
  )
}
