import { setTimeout as sleep } from 'node:timers/promises'
import { checkHistory, type History } from '../packages/histories/src/index.ts'
import { recordHistory } from '../packages/lab/src/consistency/record/record-history.ts'
import type { Random } from '../packages/lab/src/random/random.ts'
import { median } from '../packages/lab/src/stats/median.ts'
import type { Check, Found } from './found.ts'
import type { Probe } from './probe.ts'

/** A recording of concurrent clients during which a fault is injected again and again. */
export interface Disturbing {
  readonly name: string
  readonly store: string
  readonly fault: string
  readonly hosts: readonly string[]
  readonly seconds: number
  readonly seed: number
  readonly random: Random
  readonly probe: Probe
  readonly signal?: AbortSignal | undefined
  /** Maximum number of times. */
  readonly times: number
  /** Injects the fault and ends it; then the service must recover by itself. */
  strike(): Promise<void>
  /** Maximum time to recover after a strike, milliseconds. */
  readonly recoverWithinMs: number
}

const CLIENTS = 6
/** Mean pause between a recovery and the next strike, milliseconds. */
const PAUSE_MS = 400

/** Records, strikes, checks the history, and adds up what was found. */
export async function disturb(options: Disturbing): Promise<Found> {
  const { probe, random, signal, recoverWithinMs } = options
  const recoveries: number[] = []
  const checks: Check[] = []
  let over = false
  // The recorder first finds out what the service can do, which faults must not disturb.
  const started = Promise.withResolvers<void>()

  async function striking(): Promise<void> {
    await started.promise
    while (!over && recoveries.length < options.times && signal?.aborted !== true) {
      await sleep(PAUSE_MS * 2 * random.fraction())
      await options.strike()
      recoveries.push(await probe.recovery(recoverWithinMs))
    }
  }

  let history: History | undefined
  const struck = striking().catch((error: Error) => {
    checks.push({
      criterion: 'the service recovers by itself',
      measured: error.message,
      passed: false,
    })
  })
  try {
    history = await recordHistory({
      hosts: options.hosts,
      seconds: options.seconds,
      clients: CLIENTS,
      seed: options.seed,
      timeoutMs: 8000,
      settleMs: 1500,
      enough: () => over || recoveries.length >= options.times,
      onStart: () => started.resolve(),
      signal,
    })
  } finally {
    over = true
    started.resolve()
    await struck
  }
  const report = checkHistory(history)
  const violated = report.findings.filter(
    ({ promised, verdict }) => promised && verdict === 'violated',
  )
  const { balance } = report
  return {
    name: options.name,
    store: options.store,
    fault: options.fault,
    times: recoveries.length,
    acknowledged: balance.changes,
    lost: balance.missing,
    doubled: balance.doubled,
    wrong: violated.reduce((sum, { violation_count }) => sum + violation_count, 0),
    failures: { ...probe.failures },
    recovery_ms:
      recoveries.length === 0
        ? null
        : { median: Math.round(median(recoveries) ?? 0), max: Math.round(Math.max(...recoveries)) },
    memory_bytes: probe.memory(),
    descriptors: probe.descriptors(),
    checks: [
      ...checks,
      {
        criterion: 'the fault was injected, and changes were acknowledged',
        measured: `${recoveries.length} times, ${balance.changes} changes`,
        passed: recoveries.length > 0 && balance.changes > 0 ? true : null,
      },
    ],
  }
}
