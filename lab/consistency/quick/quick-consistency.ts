import { type ExchangeOptions, openCartApi } from '../../http/cart-api.ts'
import { DEFAULT_SEED } from '../../quick/quick-perf.ts'
import { createRandom } from '../../random/random.ts'
import type { ConsistencyRecord } from '../records.ts'
import { concurrentUpdates } from './concurrent-updates.ts'
import { createThenRead } from './create-then-read.ts'
import { rapidUpdates } from './rapid-updates.ts'
import type { ScenarioContext } from './scenario.ts'
import { writeThenReadItems } from './write-then-read-items.ts'

/** Of `ExchangeOptions`: `timeoutMs`, `silenceMs`, `signal`, `onNoAnswer`. */
export interface QuickConsistencyOptions extends Omit<ExchangeOptions, 'connections'> {
  /** URL of the service. */
  readonly host: string
  /** How often all scenarios run, an integer >= 1. */
  readonly iterations: number
  /** Clients of the concurrent scenario, an integer >= 1; 10 when left out. One proves nothing. */
  readonly clients?: number | undefined
  /** Decides customers and products; the same seed draws the same ones. */
  readonly seed?: number | undefined
  /** Stops the run: what was recorded until then is returned, the scenario under way is not. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** How long an acknowledged write may stay invisible before it counts as lost (2 s). */
  readonly settleMs?: number | undefined
}

export const DEFAULT_CLIENTS = 10
// Eventual reads of DynamoDB are typically up to date within a second.
const SETTLE_MS = 2000

/**
 * The customary consistency test: in each iteration the three customary scenarios and, beyond them, the last
 * one again from concurrent clients. One record per scenario, in that order. Each scenario has a cart of its own.
 *
 * A host that has answered nothing at all for `silenceMs` ends the run; the records until then say why.
 *
 * @throws UsageError when `host` is no usable URL
 */
export async function runQuickConsistency(
  options: QuickConsistencyOptions,
): Promise<ConsistencyRecord[]> {
  const { host, iterations, clients = DEFAULT_CLIENTS, signal } = options
  const api = openCartApi(host, { ...options, connections: clients })
  const context: ScenarioContext = {
    api,
    random: createRandom(options.seed ?? DEFAULT_SEED),
    signal,
    settleMs: options.settleMs ?? SETTLE_MS,
  }
  const scenarios = [
    createThenRead,
    writeThenReadItems,
    rapidUpdates,
    (given: ScenarioContext) => concurrentUpdates(given, clients),
  ]
  const total = iterations * scenarios.length
  const records: ConsistencyRecord[] = []
  try {
    while (records.length < total && !api.isSilent()) {
      const scenario = scenarios[records.length % scenarios.length]
      if (scenario === undefined) break
      const record = await scenario(context)
      if (signal?.aborted) break
      records.push(record)
      options.onProgress?.(records.length, total)
    }
  } finally {
    await api.close()
  }
  return records
}
