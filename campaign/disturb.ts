import { checkHistory, type History, type Report } from '../packages/histories/src/index.ts'
import { recordHistory } from '../packages/lab/src/consistency/record/record-history.ts'
import type { Random } from '../packages/lab/src/random/random.ts'
import { countAcknowledged } from './acknowledged.ts'
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
/** On a machine with other work, the service takes long to start again. */
const SILENCE_MS = 60_000
/** Acknowledged changes between a recovery and the next strike: so each strike meets clients at work. */
const PAUSE_CHANGES = [5, 60] as const

/** Records, strikes, checks the history, and adds up what was found. */
export async function disturb(options: Disturbing): Promise<Found> {
  const { probe, random, signal, recoverWithinMs } = options
  const recoveries: number[] = []
  const checks: Check[] = []
  const acknowledged = countAcknowledged()
  let over = false
  // The recorder first finds out what the service can do, which faults must not disturb.
  const started = Promise.withResolvers<void>()

  async function striking(): Promise<void> {
    await started.promise
    while (!over && recoveries.length < options.times && signal?.aborted !== true) {
      await acknowledged.more(random.integer(...PAUSE_CHANGES))
      if (over) return
      await options.strike()
      recoveries.push(await probe.recovery(recoverWithinMs))
    }
  }

  let history: History | undefined
  const struck = striking().catch((error: Error) => {
    checks.push({
      criterion: 'the service recovers by itself',
      measured: error.message,
      // Ctrl-C also reaches the service, if it was started in this terminal.
      passed: signal?.aborted === true ? null : false,
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
      silenceMs: SILENCE_MS,
      enough: (operations) => {
        acknowledged.look(operations)
        return over || recoveries.length >= options.times
      },
      onStart: () => started.resolve(),
      signal,
    })
  } finally {
    over = true
    started.resolve()
    acknowledged.release()
    await struck
  }
  const found = foundIn(checkHistory(history), recoveries.length)
  return {
    name: options.name,
    store: options.store,
    fault: options.fault,
    times: recoveries.length,
    ...found,
    failures: { ...probe.failures },
    recoveries_ms: recoveries.map((ms) => Math.round(ms)),
    memory_bytes: probe.memory(),
    descriptors: probe.descriptors(),
    checks: [...checks, ...found.checks],
  }
}

type FoundInHistory = Pick<
  Found,
  'acknowledged' | 'carts' | 'units' | 'lost' | 'doubled' | 'wrong' | 'checks'
>

/** What the checkers found in a history with so many faults. */
export function foundIn({ findings, balance }: Report, times: number): FoundInHistory {
  const violated = findings.filter(({ promised, verdict }) => promised && verdict === 'violated')
  const isTried = times > 0 && balance.changes > 0
  return {
    acknowledged: balance.changes,
    carts: balance.carts,
    units: balance.acknowledged,
    lost: balance.missing,
    doubled: balance.doubled,
    wrong: violated.reduce((sum, { violation_count }) => sum + violation_count, 0),
    checks: [
      {
        criterion: 'the fault was injected, and changes were acknowledged',
        measured: isTried ? 'yes' : 'no',
        passed: isTried ? true : null,
      },
    ],
  }
}
