import { runCustomaryConsistency } from '../consistency/customary.ts'
import { SCENARIOS } from '../consistency/records.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../report/records.ts'
import { runCustomaryPerf } from '../workload/customary-perf.ts'
import { OPERATIONS_PER_SIDE } from './environment.ts'
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

/** What was measured; `cutOff` says why the run ended early, `null` when it is complete. */
export interface Measurements {
  readonly combined: readonly CombinedRecord[]
  readonly consistency: readonly CombinedConsistencyRecord[]
  readonly cutOff: string | null
}

/**
 * The sequence of a comparison: a warm-up of every side, whose times are thrown away, then the measured
 * test on each, then the consistency test on each. All sides are given the same operations.
 */
export async function measure(
  targets: readonly Target[],
  options: MeasureOptions,
): Promise<Measurements> {
  const perSide = 2 * OPERATIONS_PER_SIDE + options.iterations * SCENARIOS.length
  let before = 0
  const onProgress = (done: number) => options.onProgress?.(before + done, perSide * targets.length)
  const combined: CombinedRecord[] = []
  const consistency: CombinedConsistencyRecord[] = []

  for (const keep of [false, true])
    for (const target of targets) {
      const { records, cutOff } = await speedOf(target, { ...options, onProgress })
      if (keep) combined.push(...records)
      if (cutOff !== null) return { combined, consistency, cutOff }
      before += OPERATIONS_PER_SIDE
    }
  for (const { url, side } of targets) {
    const records = await runCustomaryConsistency({ host: url, ...options, onProgress })
    consistency.push(...records.map((record) => ({ database: side.key, ...record })))
    if (options.signal?.aborted) return { combined, consistency, cutOff: INTERRUPTED }
    before += options.iterations * SCENARIOS.length
  }
  return { combined, consistency, cutOff: null }
}

const INTERRUPTED = 'interrupted'

/** The 150 operations on one side, and why they were cut off if they were. */
async function speedOf(
  { url, side }: Target,
  { seed, signal, onProgress, timeLimitMs = TIME_LIMIT_MS }: MeasureOptions,
): Promise<{ records: CombinedRecord[]; cutOff: string | null }> {
  const limit = AbortSignal.timeout(timeLimitMs)
  const found = await runCustomaryPerf({
    host: url,
    seed,
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    onProgress,
  })
  const records = found.map((record) => ({ database: side.key, ...record }))
  if (signal?.aborted) return { records, cutOff: INTERRUPTED }
  const late = records.length < OPERATIONS_PER_SIDE
  return { records, cutOff: late ? `${side.label} took longer than ${timeLimitMs / 1000} s` : null }
}
