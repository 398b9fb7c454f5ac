import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CheckOptions,
  checkHistory,
  checkHistoryOnAllCores,
} from '../lab/consistency/check/index.ts'
import type { History } from '../lab/history/operation.ts'
import { readHistory } from '../lab/history/read-history.ts'
import { formatHistory, formatLine } from '../lab/history/write-history.ts'
import { type Simulation, simulate } from '../test/support/wrong-stores/simulate.ts'
import { atomicStore, type Store } from '../test/support/wrong-stores/store.ts'
import type { World } from '../test/support/wrong-stores/world.ts'

/**
 * `node bench/checkers.ts [million]`: how long the checkers take for generated histories; writes
 * bench/results/checkers.json. `million` makes the largest one smaller (operations, 1,000,000 by default).
 *
 * The two small shapes are those of Porcupine's own test data (1,712 operations of 50 clients, 337 of 10), as adds and
 * gets of one cart that grows. Every history is written to a file first and checked by a process of its own, which
 * reads the file before the clock starts: `first_ms` is its first check, `best_ms` the best of its runs, and
 * `peak_mb` the most memory that it ever had, reading included.
 */
interface Measured {
  readonly operations: number
  readonly first_ms: number
  readonly best_ms: number
  readonly peak_mb: number
  readonly verdict: string
}

interface Task {
  readonly path: string
  readonly runs: number
  readonly options: CheckOptions
  readonly cores: number
}

const ONE_CART: Omit<Simulation, 'seed'> = {
  carts: 1,
  cartLife: Infinity,
  faults: false,
  kinds: ['add', 'get'],
}
const CHANGING: NonNullable<Simulation['kinds']> = [
  'get',
  'get',
  'get',
  'add',
  'add',
  'add',
  'set',
  'remove',
]
const ORDER: CheckOptions = {
  guarantees: ['linearizability'],
  limits: { states: 20_000_000, ms: 60_000 },
}
const VERSIONS: CheckOptions = { guarantees: ['version_order'] }

const [first = '1000000'] = process.argv.slice(2)
if (first.startsWith('{')) await checkOne(JSON.parse(first))
else measureAll(Number(first))

/** In a process of its own. */
async function checkOne({ path, runs, options, cores }: Task): Promise<void> {
  const history = await readHistory(path)
  const times: number[] = []
  let verdict = ''
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const report =
      cores === 1
        ? checkHistory(history, options)
        : await checkHistoryOnAllCores(history, options, { threads: cores })
    times.push(performance.now() - start)
    verdict = report.findings.map((finding) => finding.verdict).join(' ')
  }
  const measured: Measured = {
    operations: history.operations.length,
    first_ms: hundredths(times[0] ?? 0),
    best_ms: hundredths(Math.min(...times)),
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    verdict,
  }
  console.log(JSON.stringify(measured))
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}

function measureAll(million: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'checkers-'))
  try {
    const path = join(folder, 'history.ndjson')
    const results = [...measureOneCarts(path), measureVersions(path, million)]
    const cores = [20_000, 60_000, 200_000].map((operations) => compareCores(path, operations))
    const report = { cpu: cpus()[0]?.model ?? '', node: process.version, results, cores }
    mkdirSync(new URL('results/', import.meta.url), { recursive: true })
    writeFileSync(
      new URL('results/checkers.json', import.meta.url),
      `${JSON.stringify(report, null, 1)}\n`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measureOneCarts(path: string): (Measured & { readonly name: string })[] {
  return [
    { clients: 10, operations: 337, target: 3 },
    { clients: 50, operations: 1712, target: 700 },
    { clients: 10, operations: 5000, target: 3000 },
  ].map(({ clients, operations, target }) => {
    writeFileSync(path, formatHistory(oneCart(clients, operations)))
    const name = `linearizability, ${operations} operations of ${clients} clients`
    const runs = operations < 1000 ? 50 : 5
    return told(name, target, inProcess({ path, runs, options: ORDER, cores: 1 }))
  })
}

function measureVersions(path: string, million: number): Measured & { readonly name: string } {
  writeManyCarts(path, million)
  const name = 'version order, many carts'
  return told(name, 1500, inProcess({ path, runs: 3, options: VERSIONS, cores: 1 }))
}

/** Every check, on one core and on all, in turn: each the median of five processes that check once. */
function compareCores(path: string, operations: number): object {
  writeManyCarts(path, operations)
  const times = { one: [] as number[], all: [] as number[] }
  for (let round = 0; round < 5; round++) {
    times.one.push(inProcess({ path, runs: 1, options: {}, cores: 1 }).first_ms)
    const cores = availableParallelism()
    times.all.push(inProcess({ path, runs: 1, options: {}, cores }).first_ms)
  }
  const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[2] ?? 0
  const [one, all] = [median(times.one), median(times.all)]
  const speedup = hundredths(one / all)
  console.log(`every check, ${operations} operations: ${one} ms on one core, ${all} ms on all`)
  return { operations, one_core_ms: one, all_cores_ms: all, speedup }
}

function inProcess(task: Task): Measured {
  const script = process.argv[1] ?? ''
  return JSON.parse(
    execFileSync(process.execPath, [script, JSON.stringify(task)], { encoding: 'utf8' }),
  )
}

function told<T extends Measured>(name: string, targetMs: number, measured: T) {
  const { operations, first_ms: firstMs, best_ms: bestMs, verdict, peak_mb: peak } = measured
  console.log(
    `${name}: ${operations} operations, first ${firstMs} ms, best ${bestMs} ms, ${verdict}, ${peak} MB`,
  )
  return { name, target_ms: targetMs, ...measured }
}

function oneCart(clients: number, count: number): History {
  const each = Math.ceil(count / clients)
  const made = simulate({ ...ONE_CART, seed: 1, clients, operations: each, store: currentStore })
  const operations = made.operations
    .filter(({ final }) => final !== true)
    .map((one) => (one.kind === 'get' ? { ...one, read: 'strong' as const } : one))
  return { header: made.header, operations: operations.slice(0, count) }
}

/** Every read is current, whatever it asked for. */
function currentStore(world: World): Store {
  const store = atomicStore(world)
  const { read } = store
  store.read = (request) => read({ ...request, read: 'strong' })
  return store
}

/**
 * Many carts that live for 80 operations each: whole runs of some 50,000 operations, one after another, until there are
 * `count`. Everything but lists, whose length grows with the number of carts.
 */
function writeManyCarts(path: string, count: number): void {
  const file = openSync(path, 'w')
  const operations = Math.min(5000, Math.ceil(count / 10))
  for (let seed = 1, written = 0; written < count; seed++) {
    const part = simulate({ seed, operations, kinds: CHANGING })
    if (written === 0) writeSync(file, formatLine(part.header))
    const lines = part.operations.map((one, at) =>
      formatLine({
        ...one,
        id: written + at,
        cart: one.cart === '' ? '' : `${one.cart}-${seed}`,
        customer: one.customer === undefined ? undefined : `${one.customer}-${seed}`,
        key: one.key === undefined ? undefined : `${one.key}-${seed}`,
        carts: one.carts?.map((listed) => ({ ...listed, cart: `${listed.cart}-${seed}` })),
      }),
    )
    writeSync(file, lines.join(''))
    written += lines.length
  }
  closeSync(file)
}
