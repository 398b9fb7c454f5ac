import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { History, Operation } from '../history/operation.ts'
import { addBalances, EMPTY_BALANCE } from './balance.ts'
import { type CartFindings, type CartsCheck, openCartsCheck } from './check-carts.ts'
import { reportOf } from './check-history.ts'
import { type CheckOptions, type Settings, settingsOf } from './options.ts'
import { type Packed, pack, unpackAges } from './pack.ts'
import { componentsOfHistory, type Prepared, prepare } from './prepared.ts'
import type { Report, Violation } from './report.ts'
import { createTally, shrunkFirst } from './tally.ts'
import { meaningOfVersions, type VersionMeaning } from './versions.ts'

/** The input of a worker. */
export interface WorkerTask {
  /** For every component its operations (a merge once, under its target), and what lists showed of its carts. */
  readonly packed: Packed
  /** How many components the threads have taken. Each thread takes the next component when it has checked its last. */
  readonly taken: Int32Array
  readonly components: number
  readonly keys: boolean
  readonly versions: VersionMeaning
  readonly settings: Settings
}

/** The output of a worker; `ages` in the form of `packAges`. */
export interface WorkerFindings extends Omit<CartFindings, 'freshness'> {
  readonly ages: Float64Array
}

export interface ThreadOptions {
  /** The number of cores by default. */
  readonly threads?: number
  /** How long one thread works alone, milliseconds. */
  readonly aloneMs?: number
  /**
   * Ends the check at once; the report has what was decided by then. With it all work is done in other threads, because a
   * search would keep this one from hearing of the signal.
   */
  readonly signal?: AbortSignal | undefined
}

/** The effort shows only during the check: 20,000 operations take a tenth of a second, or three seconds. */
const ALONE_MS = 300
/**
 * The remaining work that is worth more threads, milliseconds. Each thread loads and compiles the checks and collects
 * garbage, which V8 already does on a second core for a single thread. On two shared cores, two threads took as long as
 * one for 2 s of cheap carts (and 43 % more CPU time), 0.93 times as long for 11 s of them, and 0.71 times for 16 s of
 * searches.
 */
const worthMs = (threads: number): number => (threads > 2 ? 1000 : 3000)

/** The report of `checkHistory`. Several threads share the carts if there is enough to do. */
export async function checkHistoryOnAllCores(
  history: History,
  options: CheckOptions = {},
  { threads = availableParallelism(), aloneMs = ALONE_MS, signal }: ThreadOptions = {},
): Promise<Report> {
  const settings = stoppable(settingsOf(options), signal)
  const { service } = history.header
  const { keys } = service
  const versions = meaningOfVersions(service)
  const whole = prepare(history, keys)
  const components = componentsOfHistory(whole)
  const own = openCartsCheck(versions, settings)
  const alone = signal === undefined ? { threads, aloneMs } : { threads: 0, aloneMs: 0 }
  const left = components.slice(checkAlone(own, whole, components, alone))
  if (left.length === 0) return reportOf(history, whole, own.findings(), settings)
  const task: WorkerTask = {
    packed: pack(left.flatMap((component) => partsOf(whole, component))),
    taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    components: left.length,
    keys,
    versions,
    settings,
  }
  const workers = Math.min(threads, left.length)
  const elsewhere =
    signal === undefined
      ? await besideWorkers(task, workers - 1, () => {
          for (const at of componentsTaken(task)) own.check(whole, left[at] ?? [])
        })
      : await inWorkers(task, workers, aloneMs)
  const found = [own.findings(), ...elsewhere.map((others) => originalsOf(others, whole))]
  return reportOf(history, whole, together(found, components), settings)
}

function stoppable(settings: Settings, signal: AbortSignal | undefined): Settings {
  if (signal === undefined) return settings
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const end = (): void => void Atomics.store(stop, 0, 1)
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return { ...settings, limits: { ...settings.limits, stop } }
}

async function besideWorkers(
  task: WorkerTask,
  workers: number,
  work: () => void,
): Promise<WorkerFindings[]> {
  const elsewhere = Array.from({ length: workers }, () => runInWorker(task))
  // Promise.all handles a rejection, but only after this thread has done its part.
  for (const running of elsewhere) running.catch(() => {})
  work()
  return Promise.all(elsewhere)
}

/** One worker, and the others once it has worked alone for a while. */
async function inWorkers(
  task: WorkerTask,
  workers: number,
  aloneMs: number,
): Promise<WorkerFindings[]> {
  const running = [runInWorker(task)]
  await Promise.race([running[0], sleep(aloneMs)])
  const isLeft = Atomics.load(task.taken, 0) < task.components
  for (let more = 1; more < workers && isLeft; more++) running.push(runInWorker(task))
  return Promise.all(running)
}

/** The indexes of the components that this thread takes. */
export function* componentsTaken({ taken, components }: Pick<WorkerTask, 'taken' | 'components'>) {
  for (let at = Atomics.add(taken, 0, 1); at < components; at = Atomics.add(taken, 0, 1)) yield at
}

/**
 * Checks components until all are done, or until `aloneMs` have passed and the rest is worth more threads.
 *
 * @returns how many were checked
 */
function checkAlone(
  own: CartsCheck,
  whole: Prepared,
  components: readonly (readonly string[])[],
  { threads, aloneMs }: Required<Pick<ThreadOptions, 'threads' | 'aloneMs'>>,
): number {
  const sizeOf = (component: readonly string[]): number =>
    component.reduce((sum, cart) => sum + (whole.survey.carts.get(cart)?.length ?? 0), 0)
  if (threads === 0) return 0
  const began = performance.now()
  let left = components.reduce((sum, component) => sum + sizeOf(component), 0)
  let done = 0
  for (const [at, component] of components.entries()) {
    const spent = performance.now() - began
    const takes = (spent / done) * left
    if (threads > 1 && spent >= aloneMs && takes >= worthMs(threads)) return at
    own.check(whole, component)
    done += sizeOf(component)
    left -= sizeOf(component)
  }
  return components.length
}

/** The operations of a component, each merge once, and what lists showed of its carts. */
function partsOf({ survey, listed }: Prepared, component: readonly string[]) {
  const operations = component.flatMap((cart) =>
    (survey.carts.get(cart) ?? []).filter((one) => one.cart === cart),
  )
  return [operations, component.flatMap((cart) => listed.get(cart) ?? [])]
}

function runInWorker(task: WorkerTask): Promise<WorkerFindings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { workerData: task })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a worker thread exited with code ${code}`)))
  })
}

/** The findings of a worker, with the original operations in place of its copies. */
function originalsOf(
  { cells, ages, overlaps, balance, unchecked }: WorkerFindings,
  whole: Prepared,
): CartFindings {
  return {
    overlaps,
    balance,
    unchecked,
    freshness: unpackAges(ages),
    cells: cells.map(({ cell, ...place }) => ({
      ...place,
      cell: { ...cell, violations: cell.violations.map((found) => withOriginals(found, whole)) },
    })),
  }
}

function withOriginals(found: Violation, { survey: { carts }, listed }: Prepared): Violation {
  const operations = found.operations.map((copy) => {
    const same = ({ id }: Operation): boolean => id === copy.id
    return carts.get(copy.cart)?.find(same) ?? listed.get(copy.cart)?.find(same) ?? copy
  })
  return { ...found, operations }
}

/** The findings of all threads, as if one thread had checked the components in order. */
function together(
  found: readonly CartFindings[],
  components: readonly (readonly string[])[],
): CartFindings {
  const rank = new Map(components.flatMap((carts, at) => carts.map((cart) => [cart, at] as const)))
  const tally = createTally(Infinity)
  for (const { cells } of found) tally.merge(cells)
  const byRank = (a: Violation, b: Violation): number =>
    shrunkFirst(a, b) || (rank.get(a.cart) ?? 0) - (rank.get(b.cart) ?? 0)
  return {
    cells: tally.cells().map(({ cell, ...place }) => ({
      ...place,
      cell: { ...cell, violations: cell.violations.toSorted(byRank) },
    })),
    freshness: found.flatMap(({ freshness }) => freshness),
    overlaps: found.reduce((sum, { overlaps }) => sum + overlaps, 0),
    unchecked: found.reduce((sum, one) => sum + one.unchecked, 0),
    balance: found.reduce((sum, one) => addBalances(sum, one.balance), EMPTY_BALANCE),
  }
}
