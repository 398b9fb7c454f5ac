import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { LoadPartFile } from '../results/load-part.ts'
import type { LoadTarget } from './load-target.ts'

/** Spread over more than a second, so that one of them is near the change of the second. */
const REQUESTS = 12
const PAUSE_MS = 110

/** A date header of a service, with the time of this machine before the request and after the response, milliseconds. */
export interface DateSample {
  readonly sent: number
  readonly received: number
  readonly date: number
}

/**
 * The offset of the service's clock by its `date` headers, which have whole seconds: each response bounds the offset, and
 * the bounds of all of them together leave about the time of an exchange and of a pause.
 *
 * @returns `null` if the bounds contradict each other or there are none
 */
export function offsetOf(samples: readonly DateSample[]): LoadPartFile['clock'] {
  const low = Math.max(...samples.map(({ date, received }) => date - received))
  const high = Math.min(...samples.map(({ date, sent }) => date + 1000 - sent))
  if (!Number.isFinite(low) || low > high) return null
  return { offset_ms: Math.round((low + high) / 2), uncertainty_ms: Math.ceil((high - low) / 2) }
}

/** Asks the service for its time; `null` if it does not send its date. */
export async function measureClock(
  { url, access }: LoadTarget,
  signal: AbortSignal | undefined,
): Promise<LoadPartFile['clock']> {
  const samples: DateSample[] = []
  for (let count = 0; count < REQUESTS; count++) {
    if (count > 0) await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
    const sent = Date.now()
    const date = await dateOf(url, access?.headers ?? {}, signal)
    if (date === null) break
    samples.push({ sent, received: Date.now(), date })
  }
  return offsetOf(samples)
}

async function dateOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  try {
    const response = await request(url, { headers, ...(signal && { signal }) })
    await response.body.dump()
    const date = Date.parse(String(response.headers.date))
    return Number.isNaN(date) ? null : date
  } catch {
    return null
  }
}
