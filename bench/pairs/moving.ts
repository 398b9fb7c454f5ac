import {
  type ActionOptions,
  type MoveResult,
  start,
} from '../../packages/service/src/run/move/actions.ts'
import type { Pair as Databases } from '../../packages/service/src/store/moving/pair.ts'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import type { Bench } from '../bench.ts'
import { LINES } from '../carts.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Figures, Goal, Pair, Sides } from '../pair.ts'
import { mismatch } from '../support/acknowledged.ts'
import type { Listening } from '../support/listening.ts'
import { figuresOf, loadByNode } from '../support/load.ts'
import { cpuMs } from '../support/process-figures.ts'
import { writeRequests } from '../support/requests.ts'
import { seed, totals } from '../support/seed.ts'
import { startOnPostgres, startService } from '../support/service.ts'

/**
 * What taking part in a move costs a request, between two databases of one PostgreSQL: so the figures show the protocol and
 * not a faster or slower destination.
 */

/** Fewer than usual, because all of them are moved. */
const CARTS = 2_000
/** As `pushcart move` has them. */
const WORKERS = 8

type Situation = 'stay' | 'unmoved' | 'moved'

const WHAT: Readonly<Record<Situation, string>> = {
  stay: 'no move in progress, settings MOVE_TO_* set',
  unmoved: 'phase moving, one cart has moved',
  moved: 'phase moving, every cart has moved',
}

/** Nothing may be added without a move. A cart that has moved is used where it is, after one look. */
const MOST: Readonly<Record<Situation, number>> = { stay: 1.05, unmoved: 1.1, moved: 1.15 }

function duringMove(work: 'get' | 'add', situation: Situation): Pair {
  const atMost = { compare: 'ratio', want: 'at most', floor: MOST[situation] } as const
  const goals: Goal[] = [
    { metric: 'p50_ms', ...atMost },
    { metric: 'p99_ms', ...atMost, floor: 2 * MOST[situation] - 1 },
    { metric: 'cpu_us', ...atMost },
  ]
  return {
    name: `move-${situation}-${work}`,
    long: true,
    what: `${work} at one connection: ${WHAT[situation]}`,
    a: 'pushcart with the settings of a move to another database of the same PostgreSQL',
    b: 'pushcart without them',
    goals,
    open: (bench) => open(bench, work, situation),
  }
}

let databases = 0

/** @returns the URL of a database with the tables of the service */
async function newDatabase(bench: Bench): Promise<string> {
  const { createDatabase } = await bench.postgres()
  const url = await createDatabase(`move_${++databases}`)
  const service = await startOnPostgres(bench, url)
  await service.stop()
  return url
}

async function open(bench: Bench, work: 'get' | 'add', situation: Situation): Promise<Sides> {
  const [plain, source, destination] = [
    await newDatabase(bench),
    await newDatabase(bench),
    await newDatabase(bench),
  ]
  for (const url of [plain, source]) await seed(url, [{ first: 1, count: CARTS, lines: LINES }])
  const alone = await startOnPostgres(bench, plain)
  bench.defer(alone.stop)
  const moving = await startService(bench, {
    CART_STORE_TYPE: 'postgres',
    DATABASE_URL: source,
    MOVE_TO_CART_STORE_TYPE: 'postgres',
    MOVE_TO_DATABASE_URL: destination,
  })
  bench.defer(moving.stop)
  if (situation !== 'stay') await move(bench, { source, destination }, situation)
  const requests = await writeRequests(bench.scratch, work, [1, CARTS])

  const measure =
    ({ url, pid }: Listening, of: readonly string[]) =>
    async (): Promise<Figures> => {
      const [before, used] = [await unitsOf(of), await cpuMs(pid)]
      const load = { url, requests, connections: 1, seconds: bench.seconds }
      const result = await loadByNode(bench.signal, load)
      const cpu = (await cpuMs(pid)) - used
      const expected = { count: work === 'add' ? result.answers : 0, inFlight: 1 }
      const problem = mismatch([(await unitsOf(of)) - before], expected)
      if (problem !== undefined) throw new InvalidRun(problem)
      return { ...figuresOf(result), cpu_us: (cpu * 1000) / result.answers }
    }
  return {
    notes: { carts: CARTS },
    a: measure(moving, [source, destination]),
    b: measure(alone, [plain]),
  }
}

/**
 * Begins a move; with `moved` it goes on until every cart has moved. Otherwise it ends after the first cart, by one worker, so that no
 * other cart is left sealed, whose units would be in neither of the counted tables.
 */
async function move(
  { signal, say }: Pick<Bench, 'signal' | 'say'>,
  urls: Urls,
  situation: 'unmoved' | 'moved',
): Promise<void> {
  const enough = new AbortController()
  try {
    const { counts } = await startMove(urls, {
      freeze: false,
      workers: situation === 'moved' ? WORKERS : 1,
      signal: AbortSignal.any([signal, enough.signal]),
      progress() {
        if (situation === 'unmoved') enough.abort(new Error('enough'))
      },
    })
    say(`  moved ${counts.moved} carts`)
  } catch (error) {
    if (!enough.signal.aborted) throw error
  }
}

interface Urls {
  readonly source: string
  readonly destination: string
}

async function startMove(
  urls: Urls,
  options: Pick<ActionOptions, 'freeze' | 'signal' | 'progress' | 'workers'>,
): Promise<MoveResult> {
  const open = (databaseUrl: string) => openPostgresStore({ databaseUrl, moving: true })
  const pair: Databases = {
    source: await open(urls.source),
    destination: await open(urls.destination),
  }
  try {
    return await start({ ...options, pair, now: Date.now, waiting() {} })
  } finally {
    await pair.source.close()
    await pair.destination.close()
  }
}

/** How long changes are refused by a move that pauses them. */
const frozen: Pair = {
  name: 'move-freeze',
  long: true,
  what: `\`move start --freeze\`: how long changes are refused while ${CARTS.toLocaleString('en')} carts move`,
  a: 'from one database to another of the same PostgreSQL, nobody else on the machine',
  b: null,
  goals: [{ metric: 'seconds', compare: 'value', want: 'at most', floor: 10 }],
  open: async (bench) => ({
    notes: { carts: CARTS },
    async a() {
      const urls = { source: await newDatabase(bench), destination: await newDatabase(bench) }
      await seed(urls.source, [{ first: 1, count: CARTS, lines: LINES }])
      const { signal } = bench
      const freezing = { freeze: true, workers: WORKERS, signal, progress() {} }
      const { frozenSeconds } = await startMove(urls, freezing)
      if (frozenSeconds === null) throw new InvalidRun('the move was not frozen')
      return { seconds: frozenSeconds, per_second: CARTS / frozenSeconds }
    },
  }),
}

/** Units in all carts of some databases. During a move, the table `carts` of the source is in another schema. */
async function unitsOf(urls: readonly string[]): Promise<number> {
  const sums = await Promise.all(
    urls.map((url) => {
      const within = new URL(url)
      within.searchParams.set('options', '-c search_path=public,public_moving')
      return totals(within.href)
    }),
  )
  return sums.reduce((sum, { units }) => sum + units, 0)
}

export const moving: readonly Pair[] = [
  ...(['stay', 'unmoved', 'moved'] as const).flatMap((situation) =>
    (['get', 'add'] as const).map((work) => duringMove(work, situation)),
  ),
  frozen,
]
