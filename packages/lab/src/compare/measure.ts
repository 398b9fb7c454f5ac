import { UnreachableError } from '../errors/lab-error.ts'
import { INTERRUPTED } from '../errors/load-error.ts'
import { runQuickConsistency } from '../quick/consistency/quick-consistency.ts'
import { QUICK_OPERATIONS } from '../quick/quick-perf.ts'
import { SCENARIOS } from '../results/consistency-records.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../results/records.ts'
import { probe } from '../services/probe.ts'
import type { Target } from '../services/target.ts'
import { type Turns, takeTurns } from './take-turns.ts'

export interface MeasureOptions {
  readonly seed: number
  readonly iterations: number
  readonly clients: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** Maximum time for the 150 operations of one target (5 minutes), as in `pushcart perf`. */
  readonly timeLimitMs?: number | undefined
}

const TIME_LIMIT_MS = 5 * 60_000

/** `cut_off`: why the run ended early; `null` if it is complete. */
export interface Measurements {
  readonly combined: readonly CombinedRecord[]
  readonly consistency: readonly CombinedConsistencyRecord[]
  readonly cut_off: string | null
}

/**
 * Runs the quick look: a warm-up whose times are discarded, then the measured test, both with the targets in turn, then
 * the consistency test on each target. All targets receive the same operations.
 */
export async function measure(
  targets: readonly Target[],
  options: MeasureOptions,
): Promise<Measurements> {
  const { signal, iterations, timeLimitMs = TIME_LIMIT_MS } = options
  const perTarget = 2 * QUICK_OPERATIONS + iterations * SCENARIOS.length
  let before = 0
  const onProgress = (done: number) =>
    options.onProgress?.(before + done, perTarget * targets.length)
  const combined: CombinedRecord[] = []
  const consistency: CombinedConsistencyRecord[] = []

  for (const keep of [false, true]) {
    const turns = await takeTurns(targets, { ...options, timeLimitMs, onProgress })
    if (keep) combined.push(...recordsOf(targets, turns))
    if (signal?.aborted) return { combined, consistency, cut_off: INTERRUPTED }
    if (turns.late !== null) {
      const cut_off = `${turns.late.side.label} took longer than ${timeLimitMs / 1000} s`
      return { combined, consistency, cut_off }
    }
    before += QUICK_OPERATIONS * targets.length
  }
  for (const { url, side, access } of targets) {
    const silence = await whySilent(url, access, signal)
    if (signal?.aborted) return { combined, consistency, cut_off: INTERRUPTED }
    if (silence !== null) return { combined, consistency, cut_off: `${side.label}: ${silence}` }
    const records = await runQuickConsistency({ host: url, ...options, access, onProgress })
    consistency.push(...records.map((record) => ({ database: side.key, ...record })))
    if (signal?.aborted) return { combined, consistency, cut_off: INTERRUPTED }
    before += iterations * SCENARIOS.length
  }
  return { combined, consistency, cut_off: null }
}

/** Why a target does not respond before its consistency test; `null` if it does. */
async function whySilent(
  url: string,
  access: Target['access'],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    await probe(url, signal, access)
    return null
  } catch (error) {
    if (error instanceof UnreachableError) return error.message
    throw error
  }
}

function recordsOf(targets: readonly Target[], { records }: Turns): CombinedRecord[] {
  return targets.flatMap(({ side }, place) =>
    (records[place] ?? []).map((record) => ({ database: side.key, ...record })),
  )
}
