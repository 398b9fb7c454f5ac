/** Does one task of a series; whether it succeeded. */
export type Task = (index: number) => Promise<boolean>

export interface CrowdOptions {
  readonly from: number
  readonly count: number
  /** Concurrent tasks. */
  readonly clients: number
  /** When, on the clock of `performance.now()`, no further task is started. */
  readonly until?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Does tasks `from` to `from + count - 1` concurrently; fewer when its time is over or `signal` is aborted. */
export async function crowd(task: Task, options: CrowdOptions) {
  const { from, count, clients, until = Infinity, signal } = options
  let next = from
  let failed = 0
  const client = async () => {
    while (next < from + count && performance.now() < until && !signal?.aborted)
      if (!(await task(next++))) failed++
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { count: next - from, failed }
}
