import { quickPerf } from '../quick/quick-perf.ts'
import type { PerfRecord } from '../workload/perf-record.ts'
import type { Target } from './target.ts'

export interface TurnsOptions {
  readonly seed: number
  /** How long the operations of one side may take together, milliseconds. */
  readonly timeLimitMs: number
  readonly signal?: AbortSignal | undefined
  /** Called after every operation of any side, with how many there were. */
  readonly onProgress: (done: number) => void
}

/** The records of every side, in the order of the targets; `late` is the side that passed its time limit. */
export interface Turns {
  readonly records: readonly (readonly PerfRecord[])[]
  readonly late: Target | null
}

/**
 * The customary test on all sides by turns: operation 1 on each, then operation 2 on each in the opposite
 * order, and so on. Whatever else the machine does falls on all sides alike, so the n-th operations of two
 * sides are a pair: measured one after the other, 44 of 50 comparisons of a service with itself had found a
 * winner. Each side has its own connection, carts and stream, as if it were alone.
 *
 * Ends early, with the records until then, when `signal` is aborted or a side is late.
 */
export async function takeTurns(targets: readonly Target[], options: TurnsOptions): Promise<Turns> {
  const lanes = targets.map((target) => openLane(target, options))
  const records = lanes.map((lane) => lane.records)
  let done = 0
  try {
    for (let order = lanes; ; order = order.toReversed())
      for (const lane of order) {
        if (await lane.step()) options.onProgress(++done)
        else return { records, late: lane.isLate() ? lane.target : null }
      }
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
  }
}

function openLane(target: Target, { seed, timeLimitMs, signal }: TurnsOptions) {
  const overdue = new AbortController()
  const steps = quickPerf({
    host: target.url,
    seed,
    signal: signal === undefined ? overdue.signal : AbortSignal.any([signal, overdue.signal]),
  })
  const records: PerfRecord[] = []
  let leftMs = timeLimitMs
  return {
    target,
    records,
    isLate: () => overdue.signal.aborted && signal?.aborted !== true,
    /** Sends the next operation; false when there is none left or the run was cut off. */
    async step(): Promise<boolean> {
      const timer = setTimeout(() => overdue.abort(), Math.max(0, leftMs))
      const began = performance.now()
      const { value, done } = await steps.next()
      clearTimeout(timer)
      leftMs -= performance.now() - began
      if (done) return false
      records.push(value)
      return true
    },
    async close(): Promise<void> {
      await steps.return(undefined)
    },
  }
}
