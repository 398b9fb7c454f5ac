import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { checkHistory, checkHistoryOnAllCores } from '../lab/consistency/check/index.ts'
import type { History } from '../lab/history/operation.ts'
import { type Simulation, simulate } from '../test/support/wrong-stores/simulate.ts'
import { atomicStore, type Store } from '../test/support/wrong-stores/store.ts'
import type { World } from '../test/support/wrong-stores/world.ts'

/**
 * `node bench/checkers.ts [million]`: how long the checkers take for generated histories; writes
 * bench/results/checkers.json. `million` makes the largest one smaller (operations, 1,000,000 by default).
 *
 * The two small shapes are those of Porcupine's own test data (1,712 operations of 50 clients, 337 of 10), as adds and
 * gets of one cart that grows. Histories are made outside the measured time; each check is the best of its runs, in
 * milliseconds.
 */
interface Measured {
  readonly name: string
  readonly operations: number
  readonly ms: number
  readonly target_ms: number | null
  readonly verdict: string
  readonly memory_mb: number
}

const ONE_CART: Omit<Simulation, 'seed'> = {
  carts: 1,
  cartLife: Infinity,
  faults: false,
  kinds: ['add', 'get'],
}
/** Everything but lists, whose length grows with the number of carts. */
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
const ORDER = { guarantees: ['linearizability'] } as const
const SEARCH = { ...ORDER, limits: { states: 100_000, ms: 2000 }, shrinkMs: 0 }
const NO_LIMIT = { states: 20_000_000, ms: 60_000 }

function strong({ header, operations }: History): History {
  const all = operations.map((operation) =>
    operation.kind === 'get' ? { ...operation, read: 'strong' as const } : operation,
  )
  return { header, operations: all.filter(({ final }) => final !== true) }
}

function oneCart(clients: number, operations: number): History {
  const each = Math.ceil(operations / clients)
  const made = simulate({ ...ONE_CART, seed: 1, clients, operations: each, store: currentStore })
  const { header, operations: all } = strong(made)
  return { header, operations: all.slice(0, operations) }
}

function measure(
  name: string,
  history: History,
  runs: number,
  targetMs: number | null,
  check: (history: History) => {
    readonly verdict: string
    readonly findings: readonly { verdict: string }[]
  },
): Measured {
  let best = Infinity
  let verdict = ''
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    const { findings } = check(history)
    best = Math.min(best, performance.now() - start)
    verdict = findings.map((finding) => finding.verdict).join(' ')
  }
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
  const measured = {
    name,
    operations: history.operations.length,
    ms: Math.round(best * 100) / 100,
    target_ms: targetMs,
    verdict,
    memory_mb: memory,
  }
  console.log(
    `${name}: ${measured.operations} operations, ${measured.ms} ms, ${verdict}, ${memory} MB`,
  )
  return measured
}

const [million = 1_000_000] = process.argv.slice(2).map(Number)
const order = (history: History) => checkHistory(history, { ...ORDER, limits: NO_LIMIT })
const results: Measured[] = [
  measure('linearizability, 337 operations of 10 clients', oneCart(10, 337), 50, 3, order),
  measure('linearizability, 1,712 operations of 50 clients', oneCart(50, 1712), 5, 700, order),
  measure('linearizability, 5,000 operations of 10 clients', oneCart(10, 5000), 3, 3000, order),
  measure('version order, a million operations', manyCarts(million), 3, 1500, (history) =>
    checkHistory(history, { guarantees: ['version_order'] }),
  ),
]

const many = simulate({ seed: 2, operations: 6000, cartLife: 1000, kinds: CHANGING })
const alone = performance.now()
checkHistory(many, SEARCH)
const shared = performance.now()
await checkHistoryOnAllCores(many, SEARCH)
const speedup = (shared - alone) / (performance.now() - shared)
console.log(
  `${many.operations.length} operations on ${availableParallelism()} cores: ${speedup.toFixed(2)} times as fast as on one`,
)

mkdirSync(new URL('results/', import.meta.url), { recursive: true })
const report = {
  cpu: cpus()[0]?.model ?? '',
  node: process.version,
  all_cores_speedup: speedup,
  results,
}
writeFileSync(
  new URL('results/checkers.json', import.meta.url),
  `${JSON.stringify(report, null, 1)}\n`,
)

/** Every read is current, whatever it asked for. */
function currentStore(world: World): Store {
  const store = atomicStore(world)
  const { read } = store
  store.read = (request) => read({ ...request, read: 'strong' })
  return store
}

/** Many carts that live for 80 operations each, put together from runs of 50,000 operations, one after another. */
function manyCarts(count: number): History {
  const operations: History['operations'][number][] = []
  let header: History['header'] | undefined
  for (let seed = 1; operations.length < count; seed++) {
    const part = simulate({ seed, operations: 5000, kinds: CHANGING })
    header ??= part.header
    for (const operation of part.operations) {
      if (operations.length === count) break
      const cart = operation.cart === '' ? '' : `${operation.cart}-${seed}`
      const from = operation.from === undefined ? undefined : `${operation.from}-${seed}`
      const carts = operation.carts?.map((listed) => ({
        ...listed,
        cart: `${listed.cart}-${seed}`,
      }))
      operations.push({ ...operation, id: operations.length, cart, from, carts })
    }
  }
  if (header === undefined) throw new RangeError('no operations asked for')
  return { header, operations }
}
