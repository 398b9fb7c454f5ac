import { type CartClientOptions, openCartClient } from '../../cart-api/cart-client.ts'
import { createRandom } from '../../random/random.ts'
import type { ConsistencyRecord } from '../../results/consistency-records.ts'
import { DEFAULT_SEED } from '../quick-perf.ts'
import { concurrentUpdates } from './concurrent-updates.ts'
import { createThenRead } from './create-then-read.ts'
import { rapidUpdates } from './rapid-updates.ts'
import type { ScenarioContext } from './scenario.ts'
import { writeThenReadItems } from './write-then-read-items.ts'

/** Of `CartClientOptions`: `access`, `timeoutMs`, `silenceMs`, `signal`, `onNoAnswer`. */
export interface QuickConsistencyOptions extends Omit<CartClientOptions, 'connections'> {
  /** URL of the service. */
  readonly host: string
  /** Number of times that all scenarios run, an integer >= 1. */
  readonly iterations: number
  /** Clients of the concurrent scenario, an integer >= 1 (10). A single client proves nothing. */
  readonly clients?: number | undefined
  /** Random seed of customers and products. */
  readonly seed?: number | undefined
  /** Stops the run: what was recorded until then is returned, without the current scenario. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** How long an acknowledged write may stay invisible before it counts as lost (2 s). */
  readonly settleMs?: number | undefined
}

export const DEFAULT_CLIENTS = 10
// Eventual reads of DynamoDB are typically up to date within a second.
const SETTLE_MS = 2000

/**
 * The quick consistency test: iterations of four scenarios, three with one client and one with concurrent clients, each
 * on a new cart. One record per scenario, in that order.
 *
 * A host that has never responded for `silenceMs` ends the run; the records until then say why.
 *
 * @throws UsageError when `host` is no usable URL
 */
export async function runQuickConsistency(
  options: QuickConsistencyOptions,
): Promise<ConsistencyRecord[]> {
  const { host, iterations, clients = DEFAULT_CLIENTS, signal } = options
  const client = openCartClient(host, { ...options, connections: clients })
  const context: ScenarioContext = {
    client,
    random: createRandom(options.seed ?? DEFAULT_SEED),
    signal,
    settleMs: options.settleMs ?? SETTLE_MS,
  }
  const scenarios = [
    createThenRead,
    writeThenReadItems,
    rapidUpdates,
    // Adds that set a quantity cannot be counted.
    ...(client.api.addSets ? [] : [(given: ScenarioContext) => concurrentUpdates(given, clients)]),
  ]
  const total = iterations * scenarios.length
  const records: ConsistencyRecord[] = []
  try {
    while (records.length < total && !client.isSilent()) {
      const scenario = scenarios[records.length % scenarios.length]
      if (scenario === undefined) break
      const record = await scenario(context)
      if (signal?.aborted) break
      records.push(record)
      options.onProgress?.(records.length, total)
    }
  } finally {
    await client.close()
  }
  return records
}
