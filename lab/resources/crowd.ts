/** Does one thing of a series; tells whether it succeeded. */
export type Step = (index: number) => Promise<boolean>

export interface CrowdOptions {
  readonly from: number
  readonly count: number
  /** Steps at once. */
  readonly clients: number
  /** When, on the clock of `performance.now()`, no further step is begun. */
  readonly until?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Does steps `from` to `from + count - 1`, several at once; fewer when its time is over or `signal` is aborted. */
export async function crowd(step: Step, options: CrowdOptions) {
  const { from, count, clients, until = Infinity, signal } = options
  let next = from
  let failed = 0
  const client = async () => {
    while (next < from + count && performance.now() < until && !signal?.aborted)
      if (!(await step(next++))) failed++
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { count: next - from, failed }
}
