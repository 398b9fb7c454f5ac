import type { Bench } from '../bench.ts'
import { CARTS } from '../carts.ts'
import type { Statement } from '../opponents/statement.ts'
import { addStatements, createStatement, getStatements } from '../opponents/statements.ts'
import type { Goal, Pair, Sides } from '../pair.ts'
import { checkAcknowledged } from '../support/acknowledged.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { findBest, loadStatement } from '../support/pgbench.ts'
import { writeRequests } from '../support/requests.ts'
import { seed, totals } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** Throughput over HTTP against the same work sent to PostgreSQL directly, one statement per request. */

const CONNECTIONS = 64

interface Contest {
  readonly name: string
  readonly what: string
  readonly work: 'get' | 'add' | 'create'
  /** Numbers of the first and last cart; all by default. */
  readonly carts?: readonly [number, number]
  /** Equivalent statements; the fastest is the opponent. */
  readonly statements: readonly [Statement, ...Statement[]]
  /** Numbers of clients to try pgbench with; 4 to 64 by default. */
  readonly clients?: readonly number[]
  readonly goal: Pick<Goal, 'floor' | 'aim'>
}

function againstPgbench(contest: Contest): Pair {
  return {
    name: contest.name,
    what: contest.what,
    a: `pushcart over HTTP, ${CONNECTIONS} connections`,
    b: 'pgbench -M prepared, single statement, at its best',
    goals: [{ metric: 'per_second', compare: 'ratio', want: 'at least', ...contest.goal }],
    open: (bench) => open(bench, contest),
  }
}

async function open(
  bench: Bench,
  { work, carts = [1, CARTS], statements, clients = CLIENTS }: Contest,
): Promise<Sides> {
  const { seconds, scratch, tools } = bench
  const database = await bench.postgres()
  const service = await startOnPostgres(bench, database.url)
  bench.defer(service.stop)
  await seed(database.url)
  const requests = await writeRequests(scratch, work, carts)
  const best = await findBest(bench, database.url, statements, clients, Math.ceil(seconds / 5))
  const opponent = {
    statement: best.statement.name,
    clients: best.clients,
    threads: best.threads,
  }
  bench.say(
    `  B is fastest as ${opponent.statement}, ${best.clients} clients, ${best.threads} threads`,
  )

  const fresh = async () => {
    if (work !== 'get') await seed(database.url)
    return totals(database.url)
  }
  const check = async (
    before: Awaited<ReturnType<typeof fresh>>,
    count: number,
    inFlight: number,
  ) => {
    if (work !== 'get') await checkAcknowledged(database.url, before, work, { count, inFlight })
  }
  return {
    notes: opponent,
    ...(tools.pgbench === undefined && { weaker: 'pgbench is not installed' }),
    async a() {
      const before = await fresh()
      const load = { url: service.url, requests, connections: CONNECTIONS, seconds }
      const result = await loadHttp(bench, load)
      await check(before, result.answers, CONNECTIONS)
      return figuresOf(result)
    },
    async b() {
      const before = await fresh()
      const { transactions, ...figures } = await loadStatement(bench, {
        ...best,
        url: database.url,
        seconds,
      })
      await check(before, transactions, 0)
      return { ...figures }
    },
  }
}

const CLIENTS = [4, 8, 16, 32, 64]

export const onPostgres: readonly Pair[] = [
  againstPgbench({
    name: 'get',
    what: 'get a cart of 5 lines, 20,000 carts',
    work: 'get',
    statements: getStatements(),
    goal: { floor: 1.2, aim: 2 },
  }),
  againstPgbench({
    name: 'add',
    what: 'add to a cart, 20,000 carts',
    work: 'add',
    statements: addStatements(),
    goal: { floor: 1.5, aim: 2 },
  }),
  againstPgbench({
    name: 'create',
    what: 'create a cart',
    work: 'create',
    statements: [createStatement()],
    goal: { floor: 1, aim: 1.5 },
  }),
  againstPgbench({
    name: 'one-cart',
    what: 'add to one cart, all connections to the same',
    work: 'add',
    carts: [1, 1],
    statements: addStatements([1, 1]),
    clients: [1, 2, ...CLIENTS],
    goal: { floor: 5 },
  }),
]
