import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { History, Operation } from '../history/operation.ts'
import { type CartFindings, type CartsCheck, openCartsCheck } from './check-carts.ts'
import { reportOf } from './check-history.ts'
import { type CheckOptions, type Settings, settingsOf } from './options.ts'
import { type Packed, pack, unpackAges } from './pack.ts'
import { componentsOfHistory, type Prepared, prepare } from './prepared.ts'
import type { Report, Violation } from './report.ts'
import { createTally, shrunkFirst } from './tally.ts'

/** What a worker is given. */
export interface Share {
  /** For every component its operations (merges once, under their target), and what lists showed of its carts. */
  readonly packed: Packed
  /** How many components were taken, by whichever thread: each takes the next one when it is done with its last. */
  readonly taken: Int32Array
  readonly components: number
  readonly keys: boolean
  readonly versions: boolean
  readonly settings: Settings
}

/** What it answers with; `ages` as `packAges` has them. */
export interface ShareFindings extends Omit<CartFindings, 'freshness'> {
  readonly ages: Float64Array
}

export interface Sharing {
  /** As many as there are cores, by default. */
  readonly threads?: number
  /** How long one thread goes on alone, milliseconds. */
  readonly aloneMs?: number
}

/** How hard a history is shows only when it is checked: 20,000 operations take a tenth of a second, or three seconds. */
const ALONE_MS = 300
/**
 * What must be left, milliseconds, for other threads to be worth starting. Each loads and compiles the checks anew and collects
 * its own garbage, which one thread already leaves to a second core: on two cores that others used too, 2 s of cheap
 * carts took as long with two threads (for 43 % more processor time), 11 s of them 0.93 times as long, and 16 s of
 * searches 0.71 times.
 */
const worthMs = (threads: number): number => (threads > 2 ? 1000 : 3000)

/** As `checkHistory`, with the carts shared among threads where there is enough to do. */
export async function checkHistoryOnAllCores(
  history: History,
  options: CheckOptions = {},
  { threads = availableParallelism(), aloneMs = ALONE_MS }: Sharing = {},
): Promise<Report> {
  const settings = settingsOf(options)
  const { keys, versions } = history.header.service
  const whole = prepare(history, keys)
  const components = componentsOfHistory(whole)
  const own = openCartsCheck(versions, settings)
  const left = components.slice(checkAlone(own, whole, components, { threads, aloneMs }))
  if (left.length === 0) return reportOf(history, whole, own.findings(), settings)
  const share: Share = {
    packed: pack(left.flatMap((component) => partsOf(whole, component))),
    taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    components: left.length,
    keys,
    versions,
    settings,
  }
  const elsewhere = Array.from({ length: Math.min(threads, left.length) - 1 }, () =>
    runInWorker(share),
  )
  // Nobody waits yet while this thread does its part.
  for (const running of elsewhere) running.catch(() => {})
  for (const at of componentsTaken(share)) own.check(whole, left[at] ?? [])
  const found = [own.findings()]
  for (const others of await Promise.all(elsewhere)) found.push(originalsOf(others, whole))
  return reportOf(history, whole, together(found, components), settings)
}

/** The components that this thread takes. */
export function* componentsTaken({ taken, components }: Pick<Share, 'taken' | 'components'>) {
  for (let at = Atomics.add(taken, 0, 1); at < components; at = Atomics.add(taken, 0, 1)) yield at
}

/**
 * Checks components until all are done, or until some time has passed and what is left is worth other threads.
 *
 * @returns how many were checked
 */
function checkAlone(
  own: CartsCheck,
  whole: Prepared,
  components: readonly (readonly string[])[],
  { threads, aloneMs }: Required<Sharing>,
): number {
  const sizeOf = (component: readonly string[]): number =>
    component.reduce((sum, cart) => sum + (whole.survey.carts.get(cart)?.length ?? 0), 0)
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

/** The operations of a component, a merge once, and what lists showed of it. */
function partsOf({ survey, listed }: Prepared, component: readonly string[]) {
  const operations = component.flatMap((cart) =>
    (survey.carts.get(cart) ?? []).filter((one) => one.cart === cart),
  )
  return [operations, component.flatMap((cart) => listed.get(cart) ?? [])]
}

function runInWorker(share: Share): Promise<ShareFindings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./share-worker.ts', import.meta.url), { workerData: share })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a checking thread ended with code ${code}`)))
  })
}

/** What a worker found, with the operations of this thread in place of its copies. */
function originalsOf({ cells, ages, overlaps }: ShareFindings, whole: Prepared): CartFindings {
  return {
    overlaps,
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

/** What all threads found, as if one of them had gone through the components in their order. */
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
  }
}
