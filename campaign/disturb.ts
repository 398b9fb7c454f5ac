import { checkHistory, type History, type Report } from '../packages/histories/src/index.ts'
import { recordHistory } from '../packages/lab/src/consistency/record/record-history.ts'
import { countAcknowledged } from './acknowledged.ts'
import { type Check, type Found, sumOf } from './found.ts'
import { openProbe, type Probe } from './probe.ts'
import type { Conditions } from './scenario.ts'

/** A recording of concurrent clients during which a fault is injected again and again. */
export interface Disturbing extends Omit<Conditions, 'folder'> {
  readonly name: string
  readonly fault: string
  /** Each is struck in its own turn, whatever happens to the others. */
  readonly targets: readonly [Struck, ...Struck[]]
  /** Maximum time to recover after a strike, milliseconds. */
  readonly recoverWithinMs: number
}

/** An instance of the service, or the proxy before several. */
export interface Struck {
  readonly url: string
  /** The processes of the service at the moment. */
  processes(): Promise<number[]>
  /** Injects the fault and ends it; then the service must recover by itself. */
  strike(): Promise<void>
}

/** Of one instance, and of each of several. */
const CLIENTS = 6
const CLIENTS_OF_EACH = 2
/** On a machine with other work, the service takes long to start again. */
const SILENCE_MS = 60_000
/** Acknowledged changes between a recovery and the next strike: so each strike meets clients at work. */
const PAUSE_CHANGES = [5, 40] as const

/** Records, strikes, checks the history, and adds up what was found. */
export async function disturb(options: Disturbing): Promise<Found> {
  const { targets, random, signal, recoverWithinMs } = options
  const hosts = targets.map(({ url }) => url)
  await using cleanup = new AsyncDisposableStack()
  const probes: Probe[] = []
  for (const { url, processes } of targets)
    probes.push(cleanup.use(await openProbe(url, processes)))
  const recoveries: number[] = []
  const checks: Check[] = []
  const acknowledged = countAcknowledged()
  const failures: Record<string, number> = {}
  let over = false
  // The recorder first finds out what the service can do, which faults must not disturb.
  const started = Promise.withResolvers<void>()

  let begun = 0
  async function striking({ strike }: Struck, probe: Probe, instance: string): Promise<void> {
    await started.promise
    while (!over && signal?.aborted !== true) {
      await acknowledged.more(random.integer(...PAUSE_CHANGES), instance)
      if (over || begun >= options.times) return
      begun += 1
      await strike()
      recoveries.push(await probe.recovery(recoverWithinMs))
    }
  }

  let history: History | undefined
  const struck = targets.map((target, at) =>
    striking(target, probes[at] as Probe, `i${at}`).catch((error: Error) => {
      checks.push({
        criterion: 'the service recovers by itself',
        measured: error.message,
        // Ctrl-C also reaches the service, if it was started in this terminal.
        passed: signal?.aborted === true ? null : false,
      })
    }),
  )
  try {
    history = await recordHistory({
      hosts,
      seconds: options.seconds,
      clients: hosts.length === 1 ? CLIENTS : hosts.length * CLIENTS_OF_EACH,
      seed: options.seed,
      timeoutMs: 8000,
      settleMs: 1500,
      silenceMs: SILENCE_MS,
      enough: (operations) => {
        acknowledged.look(operations)
        return over || recoveries.length >= options.times
      },
      onStart: () => started.resolve(),
      onFailure(code) {
        failures[code] = (failures[code] ?? 0) + 1
      },
      signal,
    })
  } finally {
    over = true
    started.resolve()
    acknowledged.release()
    await Promise.all(struck)
  }
  const found = foundIn(checkHistory(history), recoveries.length)
  return {
    name: options.name,
    store: options.store,
    fault: options.fault,
    times: recoveries.length,
    ...found,
    failures: sumOf([failures, ...probes.map((probe) => probe.failures)]),
    recoveries_ms: recoveries.map((ms) => Math.round(ms)),
    memory_bytes: Math.max(...probes.map((probe) => probe.memory())),
    descriptors: Math.max(...probes.map((probe) => probe.descriptors())),
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
