import { setTimeout as sleep } from 'node:timers/promises'
import { CartError } from '../../cart/errors.ts'
import type { Residence } from '../../cart/residence.ts'

/** @param signal aborted when another visit has failed, too */
export type Visit = (cartId: string, record: Residence, signal: AbortSignal) => Promise<void>

/** Waits at most that many milliseconds, at random. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

/**
 * Pauses after the failures of one call: of up to 100 ms, doubled each time. The last ones are long enough for a database that is
 * down: a mover makes no more than one attempt per second for each cart that waits.
 */
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2_000

/**
 * Makes a call until it succeeds, or fails for another reason than a database that is busy or does not respond.
 *
 * @param failed called after each failure that may pass; what it throws ends the attempts
 */
export async function untilDone<T>(
  call: () => Promise<T>,
  { signal, pause = pauseAtRandom, failed }: Attempts,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await call()
    } catch (error) {
      if (!isTransient(error)) throw error
      failures += 1
      failed?.(failures, error)
      await pause(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), signal)
    }
  }
}

export interface Attempts {
  readonly signal: AbortSignal
  readonly pause?: Pause | undefined
  readonly failed?: (failures: number, error: unknown) => void
}

/**
 * Failures after which a read of many records is given up. If the database refuses at once, that takes the eleven pauses in between:
 * 7.6 s on average, at most 15.1 s.
 */
const MAX_FAILURES = 12

/** Makes a read, again if a database is busy or does not respond, but not for long: nobody would see what it waits for. */
export function readPatiently<T>(
  read: () => Promise<T>,
  attempts: Pick<Attempts, 'signal' | 'pause'>,
): Promise<T> {
  return untilDone(read, {
    ...attempts,
    failed(failures, error) {
      if (failures === MAX_FAILURES) throw error
    },
  })
}

/**
 * Makes visits of carts, each until it succeeds. Only the visit that failed waits, and its worker stays with its cart, which it may
 * have sealed: while the destination takes no carts, no more than one per worker wait for it, and no others are sealed.
 *
 * @param waiting receives the number of carts whose last step failed
 */
export function openPersistence({
  waiting,
  pause,
}: Pick<Attempts, 'pause'> & { readonly waiting: (carts: number) => void }): (
  visit: Visit,
) => Visit {
  const failing = new Set<string>()
  return (visit) => async (cartId, record, signal) => {
    await untilDone(() => visit(cartId, record, signal), {
      signal,
      pause,
      failed: () => waiting(failing.add(cartId).size),
    })
    if (failing.delete(cartId)) waiting(failing.size)
  }
}

async function pauseAtRandom(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms * Math.random(), undefined, { signal })
}

/** Whether a database was busy or did not respond, so that the call can be made again. */
export function isTransient(error: unknown): boolean {
  return error instanceof CartError && TRANSIENT.has(error.code)
}

const TRANSIENT: ReadonlySet<string> = new Set(['STORE_BUSY', 'STORE_TIMEOUT', 'STORE_UNAVAILABLE'])
