import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { History, Operation } from '../../history/operation.ts'
import { type CartFindings, checkCarts } from './check-carts.ts'
import { checkHistory, reportOf } from './check-history.ts'
import { type CheckOptions, type Settings, settingsOf } from './options.ts'
import { type Packed, pack, unpackAges } from './pack.ts'
import { componentsOfHistory, type Prepared, prepare } from './prepared.ts'
import type { Report, Violation } from './report.ts'

/** What a worker is given. */
export interface Share {
  readonly components: readonly (readonly string[])[]
  /** All that concern these carts; a merge that failed may name others. */
  readonly operations: Packed
  /** What lists showed of the carts, as eventual reads. */
  readonly listed: Packed
  readonly keys: boolean
  readonly versions: boolean
  readonly settings: Settings
}

/** What it answers with; `ages` as `packAges` has them. */
export interface ShareFindings extends Omit<CartFindings, 'freshness'> {
  readonly ages: Float64Array
}

/**
 * Operations for each thread below which another one costs more than it saves. Two threads on two shared cores took 1.6
 * times as long as one with 20,000 operations, 1.1 times with 60,000 and with 200,000, and 0.9 times with a million (for
 * 370 MB more): each compiles the checks anew, and one thread's garbage collection already uses the second core.
 */
const WORTH_A_THREAD = 250_000

/**
 * As `checkHistory`, with the carts shared among threads where the history is large.
 *
 * @param threads as many as the cores and the size of the history suggest, if left out
 */
export async function checkHistoryOnAllCores(
  history: History,
  options: CheckOptions = {},
  threads = Math.min(
    availableParallelism(),
    Math.floor(history.operations.length / WORTH_A_THREAD),
  ),
): Promise<Report> {
  if (threads < 2) return checkHistory(history, options)
  const settings = settingsOf(options)
  const { keys, versions } = history.header.service
  const whole = prepare(history, keys)
  const [own = emptyPile(), ...others] = shareOut(whole, threads)
  const elsewhere = others.map(({ components, operations, listed }) =>
    runInWorker({
      components,
      operations: pack([...operations]),
      listed: pack(listed),
      keys,
      versions,
      settings,
    }),
  )
  // Nobody waits yet while this thread does its own share.
  for (const running of elsewhere) running.catch(() => {})
  const prepared = prepare({ operations: [...own.operations] }, keys, own.listed)
  const found = [checkCarts(prepared, own.components, versions, settings)]
  for (const share of await Promise.all(elsewhere)) found.push(originalsOf(share, whole))
  return reportOf(history, whole, found, settings)
}

/** Some of the carts. */
interface Pile {
  readonly components: string[][]
  /** Each once: a merge stands under both of its carts. */
  readonly operations: Set<Operation>
  readonly listed: Operation[]
  size: number
}

function emptyPile(): Pile {
  return { components: [], operations: new Set(), listed: [], size: 0 }
}

/** The carts in piles of whole components, largest first, each to whoever has least so far. */
function shareOut(whole: Prepared, threads: number): Pile[] {
  const { carts } = whole.survey
  const piles = Array.from({ length: threads }, emptyPile)
  const sizeOf = (cart: string): number => carts.get(cart)?.length ?? 0
  const components = componentsOfHistory(whole).map((names) => ({
    names,
    size: names.reduce((sum, cart) => sum + sizeOf(cart), 0),
  }))
  for (const { names, size } of components.sort((a, b) => b.size - a.size)) {
    const least = piles.reduce((a, b) => (b.size < a.size ? b : a))
    least.size += size
    least.components.push(names)
    for (const cart of names) {
      for (const operation of carts.get(cart) ?? []) least.operations.add(operation)
      for (const sight of whole.listed.get(cart) ?? []) least.listed.push(sight)
    }
  }
  return piles
}

function runInWorker(share: Share): Promise<ShareFindings> {
  return new Promise((resolve, reject) => {
    const { operations, listed } = share
    const worker = new Worker(new URL('./share-worker.ts', import.meta.url), {
      workerData: share,
      transferList: [operations, listed].flatMap(({ rows, lines }) => [rows.buffer, lines.buffer]),
    })
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
