import { runQuickConsistency } from '../consistency/quick/quick-consistency.ts'
import { SCENARIOS } from '../consistency/records.ts'
import { INTERRUPTED } from '../load/load-error.ts'
import { QUICK_OPERATIONS } from '../quick/quick-perf.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../report/records.ts'
import { type Turns, takeTurns } from './take-turns.ts'
import type { Target } from './target.ts'

export interface MeasureOptions {
  readonly seed: number
  readonly iterations: number
  readonly clients: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  /** How long the 150 operations may take on one side (5 minutes), as for `pushcart perf`. */
  readonly timeLimitMs?: number | undefined
}

const TIME_LIMIT_MS = 5 * 60_000

/** What was measured; `cut_off` says why the run ended early, `null` when it is complete. */
export interface Measurements {
  readonly combined: readonly CombinedRecord[]
  readonly consistency: readonly CombinedConsistencyRecord[]
  readonly cut_off: string | null
}

/**
 * The sequence of a comparison: a warm-up whose times are thrown away and then the measured test, in both of
 * which the sides take turns, then the consistency test on one side after another. All sides are given the
 * same operations.
 */
export async function measure(
  targets: readonly Target[],
  options: MeasureOptions,
): Promise<Measurements> {
  const { signal, iterations, timeLimitMs = TIME_LIMIT_MS } = options
  const perSide = 2 * QUICK_OPERATIONS + iterations * SCENARIOS.length
  let before = 0
  const onProgress = (done: number) => options.onProgress?.(before + done, perSide * targets.length)
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
  for (const { url, side } of targets) {
    const records = await runQuickConsistency({ host: url, ...options, onProgress })
    consistency.push(...records.map((record) => ({ database: side.key, ...record })))
    if (signal?.aborted) return { combined, consistency, cut_off: INTERRUPTED }
    before += iterations * SCENARIOS.length
  }
  return { combined, consistency, cut_off: null }
}

function recordsOf(targets: readonly Target[], { records }: Turns): CombinedRecord[] {
  return targets.flatMap(({ side }, place) =>
    (records[place] ?? []).map((record) => ({ database: side.key, ...record })),
  )
}
