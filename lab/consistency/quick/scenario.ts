import { setTimeout as sleep } from 'node:timers/promises'
import type { CartApi } from '../../http/cart-api.ts'
import type { Random } from '../../random/random.ts'

/** What every scenario is given. */
export interface ScenarioContext {
  readonly api: CartApi
  readonly random: Random
  readonly signal: AbortSignal | undefined
  /** How long something acknowledged may stay invisible before it counts as lost, milliseconds. */
  readonly settleMs: number
}

/** Draws a customer of the range that the customary test uses. */
export function drawCustomer(random: Random): number {
  return random.integer(1, 10_000)
}

/** Draws a product of the range that the customary test uses. */
export function drawProduct(random: Random): number {
  return random.integer(1, 1000)
}

/**
 * Waits until a time of `performance.now()` has come, and never less: a timer of Node drops what is below a millisecond, and
 * may fire up to one early. Returns at once when the run is cut off. Never rejects.
 */
export async function pauseUntil(time: number, signal: AbortSignal | undefined): Promise<void> {
  const options = signal === undefined ? {} : { signal }
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    if (signal?.aborted) return
    await sleep(Math.ceil(left), undefined, options).catch(() => {})
  }
}

/** The fields `success` and `error` of a record, from everything that went wrong in it, worst first. */
export function verdictOf(problems: readonly string[]): { success: boolean; error?: string } {
  const [first, ...more] = problems
  if (first === undefined) return { success: true }
  return { success: false, error: more.length === 0 ? first : `${first} (and ${more.length} more)` }
}
