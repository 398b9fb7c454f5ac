import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { History, Operation } from '../../history/operation.ts'
import { checkAllButOrders, openJobs, reportOf } from './check-history.ts'
import { type CheckOptions, settingsOf } from './options.ts'
import { type Done, type Effort, type Job, type Prepared, prepare, runJobs } from './prepared.ts'
import type { Report } from './report.ts'

/** What a worker is given: its share of the searches and the operations that they concern. */
export interface Share {
  readonly operations: readonly Operation[]
  readonly keys: boolean
  readonly jobs: readonly Job[]
  readonly effort: Effort
}

/** Below this many operations a worker costs more than it saves (measured: starting one takes about 60 ms). */
const WORTH_A_WORKER = 20_000

/** As `checkHistory`, with the searches for an order shared among all cores where the history is large. */
export async function checkHistoryOnAllCores(
  history: History,
  options: CheckOptions = {},
  cores = availableParallelism(),
): Promise<Report> {
  const settings = settingsOf(options)
  const { keys } = history.header.service
  const prepared = prepare(history, keys)
  const first = checkAllButOrders(history, prepared, settings)
  const jobs = openJobs(prepared, first, settings)
  const work = jobs.reduce((sum, { size }) => sum + size, 0)
  const [own = [], ...others] = shareOut(jobs, work < WORTH_A_WORKER ? 1 : cores)
  const { limits, shrinkMs, examples } = settings
  const effort = { limits, shrinkMs, examples }
  const elsewhere = others.map((share) =>
    runInWorker({ operations: operationsOf(prepared, share), keys, jobs: share, effort }),
  )
  // Nobody waits yet while this thread does its own share.
  for (const running of elsewhere) running.catch(() => {})
  const done = runJobs(prepared, own, effort)
  for (const share of await Promise.all(elsewhere)) done.push(...share)
  return reportOf(history, prepared, first, done, settings)
}

/** Largest first, each to whoever has least so far; no share is empty but the first. */
function shareOut(jobs: readonly Job[], shares: number): Job[][] {
  const piles = Array.from({ length: shares }, () => ({ size: 0, jobs: [] as Job[] }))
  for (const job of [...jobs].sort((a, b) => b.size - a.size)) {
    const least = piles.reduce((a, b) => (b.size < a.size ? b : a))
    least.jobs.push(job)
    least.size += job.size
  }
  return piles.map((pile) => pile.jobs).filter((pile, at) => at === 0 || pile.length > 0)
}

function operationsOf({ index }: Prepared, jobs: readonly Job[]): Operation[] {
  const operations = new Set<Operation>()
  for (const { carts } of jobs) {
    for (const cart of carts)
      for (const operation of index.get(cart) ?? []) operations.add(operation)
  }
  return [...operations]
}

function runInWorker(share: Share): Promise<Done[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { workerData: share })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a checking thread ended with code ${code}`)))
  })
}
