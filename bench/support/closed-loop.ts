import { percentile } from '../../lab/stats/percentile.ts'
import type { LoadResult } from './load.ts'

/**
 * Calls every worker repeatedly until the time is over. A worker resolves with whether its call succeeded. A worker that
 * rejects counts as a failure and is not called again.
 */
export async function closedLoop(
  workers: readonly (() => Promise<boolean>)[],
  seconds: number,
): Promise<LoadResult> {
  const times: number[] = []
  let failures = 0
  const start = performance.now()
  const end = start + seconds * 1000
  const loop = async (call: () => Promise<boolean>) => {
    for (let now = start; now < end; ) {
      if (!(await call())) failures++
      const after = performance.now()
      times.push(after - now)
      now = after
    }
  }
  const ended = await Promise.allSettled(workers.map(loop))
  failures += ended.filter(({ status }) => status === 'rejected').length
  const sorted = Float64Array.from(times).sort()
  const at = (p: number) => (sorted.length === 0 ? 0 : percentile([...sorted], p))
  return {
    answers: times.length,
    seconds: (performance.now() - start) / 1000,
    failures,
    p50_ms: at(50),
    p99_ms: at(99),
  }
}
