import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkHistoryOnAllCores, formatHistory } from '@pushcart/histories'
import { type MoveOfFleet, recordMove } from '../../src/commands/consistency-move.ts'
import { type Engines, startEngines } from '../../src/faults/move/engines.ts'
import { brokenBy, type Checked, checkSimulated, reasonsOf, WRONG_MOVERS } from './verdict.ts'

/**
 * `npm run check:movers -- [--wrong] [--embedded] [--runs N] [--seed N] [--only NAME] [--carts N] [--legs N]`: seeded runs of
 * the consistency lab on fleets whose carts move.
 *
 * Without `--wrong`, N runs (50) of the mover, all of which must hold. With it, N runs (20) of each deliberately faulty mover, of
 * which 19 in 20 must be violated. The fleets are simulated: processes take turns that the seed decides, on databases in memory.
 * With `--embedded` they are processes on embedded databases with faults, in alternating directions
 * (`pushcart consistency --embedded move --faults`), with `--carts` carts, which move `--legs` times; histories of runs that did
 * not end as they must are kept in `results/movers`. Exit code 1 if too many did not.
 */
const { values } = parseArgs({
  options: {
    wrong: { type: 'boolean', default: false },
    embedded: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    carts: { type: 'string' },
    legs: { type: 'string' },
  },
})

const KEPT = 'results/movers'
const PROGRAM = fileURLToPath(
  new URL('../../../service/test/move/wrong/program.ts', import.meta.url),
)
const stop = new AbortController()
for (const event of ['SIGINT', 'SIGTERM']) process.once(event, () => stop.abort())
const QUIET = { out() {}, err() {}, signal: stop.signal }

/** Makes and checks one run. */
type Check = (seed: number, name?: string) => Promise<Checked>

/** Carts and movements unless given. Faulty movers have few, and no further faults: they must be found by what they do themselves. */
const RIGHT = { carts: 200, legs: 3 }
const WRONG = { carts: 60, legs: 2 }

/** Of a recording, which ends when all carts have made their movements: 5,000 of them take minutes on a machine that does other things. */
const MAX_SECONDS = 480

/** Six times the usual time: a search must not end undecided because the machine is busy. */
const LIMITS = { states: 1_000_000, ms: 60_000 }

/** Runs of fleets of processes. */
function checkEmbedded(engines: Engines): Check {
  return async (seed, name) => {
    const usual = name === undefined ? RIGHT : WRONG
    const folder = await mkdtemp(join(tmpdir(), 'pushcart-movers-'))
    try {
      const file = join(folder, `${name?.replaceAll(' ', '-') ?? 'right'}-${seed}.ndjson`)
      const { history, move } = await recordMove(
        file,
        {
          ...(name !== undefined && { program: { path: PROGRAM, args: [name] } }),
          faults: name === undefined,
          carts: countOf('carts', usual.carts),
          legs: countOf('legs', usual.legs),
          engines,
          from: seed % 2 === 1 ? 'postgres' : 'dynamodb',
          seconds: MAX_SECONDS,
          clients: 10,
          seed,
          lagMs: 400,
        },
        QUIET,
      )
      const report = await checkHistoryOnAllCores(history, { shrinkMs: 0, limits: LIMITS })
      if (report.verdict !== (name === undefined ? 'holds' : 'violated')) {
        await mkdir(KEPT, { recursive: true })
        await writeFile(join(KEPT, `${name ?? 'right'}-${seed}.ndjson`), formatHistory(history))
      }
      return { report, failures: move.failures, move }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function seedsOf(count: number): number[] {
  return Array.from({ length: count }, (_, at) => Number(values.seed) + at)
}

/** What happened to the fleet of a run. */
function disruptionsOf({ legs, events }: MoveOfFleet): string {
  const count = (pattern: RegExp) => events.filter(({ event }) => pattern.test(event)).length
  return [
    `${legs} movements`,
    `${count(/^mover killed/)} movers and ${count(/^(?!mover).* killed/)} instances killed`,
    `${count(/ frozen/)} frozen`,
  ].join(', ')
}

/** @returns whether all runs held */
async function checkRight(check: Check, runs: number): Promise<boolean> {
  let [held, operations] = [0, 0]
  for (const seed of seedsOf(runs)) {
    stop.signal.throwIfAborted()
    const since = performance.now()
    const { report, failures, move } = await check(seed)
    operations += report.operations
    const holds = report.verdict === 'holds' && failures.length === 0
    held += Number(holds)
    const why = holds ? '' : `: ${reasonsOf({ report, failures }).join('; ')}`
    const seconds = Math.round((performance.now() - since) / 1000)
    const moved = move === undefined ? '' : `, ${disruptionsOf(move)}`
    const { verdict, operations: made } = report
    console.log(`seed ${seed}: ${verdict}, ${made} operations${moved}, ${seconds} s${why}`)
  }
  console.log(`${held} of ${runs} runs of the mover hold (${operations} operations)`)
  return held === runs
}

/** @returns whether every faulty mover was caught often enough */
async function checkWrong(check: Check, names: readonly string[], runs: number): Promise<boolean> {
  let isEnough = true
  console.log('| faulty mover | caught | most often by |')
  console.log('|---|---|---|')
  for (const name of names) {
    const by = new Map<string, number>()
    let caught = 0
    for (const seed of seedsOf(runs)) {
      stop.signal.throwIfAborted()
      const { report } = await check(seed, name)
      caught += Number(report.verdict === 'violated')
      for (const what of brokenBy(report)) by.set(what, (by.get(what) ?? 0) + 1)
    }
    const [most] = [...by].sort((a, b) => b[1] - a[1])
    console.log(`| ${name} | ${caught} of ${runs} | ${most?.[0] ?? '-'} |`)
    isEnough &&= caught >= 0.95 * runs
  }
  return isEnough
}

function countOf(name: 'runs' | 'carts' | 'legs', otherwise: number): number {
  const count = Number(values[name] ?? otherwise)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new Error(`--${name}: must be an integer of at least 1 (got ${values[name]})`)
}

const names = WRONG_MOVERS.filter((name) => (values.only ?? name) === name)
if (names.length === 0) throw new Error(`--only: must be one of ${WRONG_MOVERS.join(', ')}`)
await using stack = new AsyncDisposableStack()
const check = values.embedded ? checkEmbedded(stack.use(await startEngines())) : checkSimulated
const isGood = values.wrong
  ? await checkWrong(check, names, countOf('runs', 20))
  : await checkRight(check, countOf('runs', 50))
process.exitCode = isGood ? 0 : 1
