import { setTimeout as sleep } from 'node:timers/promises'
import type { CartClient } from '../../cart-api/cart-client.ts'
import type { HttpResponse } from '../../cart-api/exchange.ts'
import { UnreachableError } from '../../errors/lab-error.ts'

/** Longest pause that a `Retry-After` gets. */
const MAX_PAUSE_MS = 5000
const FIRST_PAUSE_MS = 100
/** In all, for one request. */
const MAX_WAIT_MS = 20_000
/** A service that loses a connection now and then is not dead. */
const MAX_SILENT = 3

/**
 * A client for probing: a refusal by a rate limit (429) says nothing about what a service can do, so it is waited out.
 *
 * @throws UnreachableError from `ask` once several requests in a row have got no response
 */
export function patientClient(client: CartClient): CartClient {
  let heard = false
  let silent = 0

  function listen({ status, error = 'no response' }: HttpResponse): void {
    silent = status === 0 ? silent + 1 : 0
    heard ||= status !== 0
    if (heard && silent >= MAX_SILENT)
      throw new UnreachableError(client.host, error, 'stopped responding while it was probed')
  }

  return {
    ...client,
    async ask(operation, values) {
      let pause = FIRST_PAUSE_MS
      for (let waited = 0; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
        const response = await client.ask(operation, values)
        listen(response)
        if (response.status !== 429) return response
        const wanted = retryAfterMs(response.headers?.['retry-after'], response.startedAt)
        const ms = Math.min(wanted ?? pause, MAX_PAUSE_MS)
        if (waited + ms > MAX_WAIT_MS) return response
        waited += ms
        await sleep(ms)
      }
    },
  }
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterMs(
  value: string | readonly string[] | undefined,
  now: number,
): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d{1,9}$/.test(value)) return 1000 * Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
