import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  type CheckOptions,
  formatHistory,
  type History,
} from '../../packages/histories/src/index.ts'
import type { Bench } from '../bench.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Figures, Goal, Pair } from '../pair.ts'
import { appendHistory } from '../support/append-history.ts'
import type { Checked, CheckTask } from '../support/check-file.ts'
import { oneCart, writeManyCarts } from '../support/histories.ts'

const LINEARIZABILITY: CheckOptions = {
  guarantees: ['linearizability'],
  limits: { states: 20_000_000, ms: 60_000 },
}
/** A single search can be lucky, so the slowest of several histories counts. */
const SEEDS = [1, 2, 3, 4, 5]

function atMost(metric: string, floor: number): Goal {
  return { metric, compare: 'value', want: 'at most', floor }
}

/** The slowest of several generated histories. */
function search(name: string, what: string, goal: Goal, make: (seed: number) => History): Pair {
  const runs = goal.metric === 'warm_ms' ? 1000 : 1
  return {
    name,
    what,
    a: `the slowest of ${SEEDS.length} histories, ${goal.metric === 'warm_ms' ? 'in a process that has checked before' : 'each the first check of its process'}`,
    b: null,
    goals: [goal],
    async open({ scratch, signal }) {
      const paths = SEEDS.map((seed) => join(scratch, `${name}-${seed}.ndjson`))
      for (const [at, path] of paths.entries())
        await writeFile(path, formatHistory(make(SEEDS[at] ?? 0)))
      const turn = async () => {
        const checked: Checked[] = []
        for (const path of paths)
          checked.push(await check({ path, runs, options: LINEARIZABILITY, threads: 1 }, signal))
        const worst = (metric: 'first_ms' | 'warm_ms') =>
          Math.max(...checked.map((one) => one[metric]))
        return { first_ms: worst('first_ms'), warm_ms: worst('warm_ms') }
      }
      return { a: turn, notes: { operations: make(1).operations.length } }
    },
  }
}

const versions: Pair = {
  name: 'checker-versions',
  what: 'version order of 1,000,000 operations on many carts',
  a: 'the first check of its process, on one core; the memory of reading too',
  b: null,
  goals: [atMost('first_ms', 1500), atMost('peak_mb', 1024)],
  async open({ scratch, signal }) {
    const path = join(scratch, 'versions.ndjson')
    writeManyCarts(path, 1_000_000, { operations: 5000 })
    const options: CheckOptions = { guarantees: ['version_order'] }
    const task = { path, runs: 1, options, threads: 1 }
    return { a: async () => figuresOf(await check(task, signal)) }
  },
}

/** Every check of many carts, on all cores and on one. */
function cores(name: string, what: string, write: (path: string) => void): Pair {
  return {
    name,
    what,
    a: `on all cores (${availableParallelism()} here)`,
    b: 'on one core, which already leaves garbage collection to the others',
    goals: [{ metric: 'first_ms', compare: 'ratio', want: 'at most', floor: 1, aim: 0.7 }],
    async open({ scratch, signal }: Bench) {
      const path = join(scratch, `${name}.ndjson`)
      write(path)
      const turn = (threads: number) => async () =>
        figuresOf(await check({ path, runs: 1, options: {}, threads }, signal))
      return { a: turn(availableParallelism()), b: turn(1) }
    },
  }
}

function figuresOf({ first_ms, peak_mb }: Checked): Figures {
  return { first_ms, peak_mb }
}

const run = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('../support/check-file.ts', import.meta.url))

async function check(task: CheckTask, signal: AbortSignal): Promise<Checked> {
  const { stdout } = await run(process.execPath, [SCRIPT, JSON.stringify(task)], { signal })
  const checked: Checked = JSON.parse(stdout)
  if (checked.verdicts !== 'holds') {
    throw new InvalidRun(`a correct history was judged: ${checked.verdicts || 'nothing'}`)
  }
  return checked
}

/**
 * The speed of the consistency checkers. Porcupine, the best known checker (in Go), took 1.5 and 355 ms for the two
 * histories on which the first two pairs are modelled; a factor of two is allowed.
 */
export const checkers: readonly Pair[] = [
  search(
    'checker-appends-10',
    'linearizability of 337 key-value appends and gets of 10 clients',
    atMost('warm_ms', 3),
    (seed) => appendHistory(seed, { clients: 10, operations: 337 }),
  ),
  search(
    'checker-appends-50',
    'linearizability of 1,712 key-value appends and gets of 50 clients',
    atMost('first_ms', 710),
    (seed) => appendHistory(seed, { clients: 50, operations: 1712 }),
  ),
  search(
    'checker-one-cart',
    'linearizability of 5,000 operations of 10 clients on one cart',
    atMost('first_ms', 3000),
    (seed) => oneCart(seed, 10, 5000),
  ),
  versions,
  cores('checker-cores', 'every check of 500,000 operations on many carts', (path) =>
    writeManyCarts(path, 500_000, { operations: 5000 }),
  ),
  cores('checker-cores-hard', 'every check of 40,000 operations, 16 clients on each cart', (path) =>
    writeManyCarts(path, 40_000, HARD),
  ),
]

/** Histories in which the searches take nearly all of the time. */
const HARD = {
  clients: 16,
  operations: 50,
  carts: 1,
  cartLife: Number.POSITIVE_INFINITY,
  faults: false,
}
