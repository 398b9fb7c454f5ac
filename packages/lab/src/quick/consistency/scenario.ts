import { setTimeout as sleep } from 'node:timers/promises'
import { productsOf } from '../../cart-api/access.ts'
import type { Id } from '../../cart-api/api.ts'
import type { CartClient } from '../../cart-api/cart-client.ts'
import type { Random } from '../../random/random.ts'

/** What every scenario works with. */
export interface ScenarioContext {
  readonly client: CartClient
  readonly random: Random
  readonly signal: AbortSignal | undefined
  /** How long something acknowledged may stay invisible before it counts as lost, milliseconds. */
  readonly settleMs: number
}

/** A customer in the range of the quick test. */
export function drawCustomer(random: Random): number {
  return random.integer(1, 10_000)
}

/** A product of the service. */
export function drawProduct({ client, random }: ScenarioContext): Id {
  const products = productsOf(client.access)
  return products[random.integer(0, products.length - 1)] ?? 1
}

/**
 * Waits until a time of `performance.now()`, never less: timers of Node truncate to milliseconds and may fire up to one
 * millisecond early. Returns at once when the run is cut off. Never rejects.
 */
export async function pauseUntil(time: number, signal: AbortSignal | undefined): Promise<void> {
  const options = signal === undefined ? {} : { signal }
  for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
    if (signal?.aborted) return
    await sleep(Math.ceil(left), undefined, options).catch(() => {})
  }
}

/** The fields `success` and `error` of a record, from the problems in it, worst first. */
export function verdictOf(problems: readonly string[]): { success: boolean; error?: string } {
  const [first, ...more] = problems
  if (first === undefined) return { success: true }
  return { success: false, error: more.length === 0 ? first : `${first} (and ${more.length} more)` }
}
