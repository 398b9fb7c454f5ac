import type { Bench } from '../bench.ts'
import { CARTS } from '../carts.ts'
import type { Statement } from '../opponents/statement.ts'
import {
  addDocumentStatement,
  addStatements,
  createStatement,
  getDocumentStatement,
  getStatements,
} from '../opponents/statements.ts'
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
  /** Layout of the service's database; rows by default. */
  readonly layout?: Layout
  /** Layout of the database of the statements; that of the service by default. */
  readonly against?: Layout
}

type Layout = 'rows' | 'document'

function againstPgbench(contest: Contest): Pair {
  return {
    name: contest.name,
    what: contest.what,
    a: `pushcart over HTTP, ${CONNECTIONS} connections${onLayout(contest.layout)}`,
    b: `pgbench -M prepared, single statement, at its best${onLayout(contest.against)}`,
    goals: [{ metric: 'per_second', compare: 'ratio', want: 'at least', ...contest.goal }],
    open: (bench) => open(bench, contest),
  }
}

function onLayout(layout: Layout | undefined): string {
  return layout === undefined ? '' : `, ${layout} layout`
}

/** A database with the schema of a layout; that of `rows` is the one that all pairs share. */
async function databaseOf(bench: Bench, layout: Layout): Promise<string> {
  const database = await bench.postgres()
  if (layout === 'rows') return database.url
  return database.createDatabase(`documents_${++documentDatabases}`)
}

let documentDatabases = 0

async function open(bench: Bench, contest: Contest): Promise<Sides> {
  const { work, carts = [1, CARTS], statements, clients = CLIENTS } = contest
  const { layout = 'rows', against = layout } = contest
  const { seconds, scratch, tools } = bench
  const url = await databaseOf(bench, layout)
  const service = await startOnPostgres(bench, url, layout)
  bench.defer(service.stop)
  const opponentUrl = against === layout ? url : await migrated(bench, against)
  for (const each of new Set([url, opponentUrl])) await seed(each)
  const requests = await writeRequests(scratch, work, carts)
  const best = await findBest(bench, opponentUrl, statements, clients, Math.ceil(seconds / 5))
  const opponent = {
    statement: best.statement.name,
    clients: best.clients,
    threads: best.threads,
  }
  bench.say(
    `  B is fastest as ${opponent.statement}, ${best.clients} clients, ${best.threads} threads`,
  )

  const fresh = async (at: string) => {
    if (work !== 'get') await seed(at)
    return totals(at)
  }
  const check = async (
    at: string,
    before: Awaited<ReturnType<typeof fresh>>,
    count: number,
    inFlight: number,
  ) => {
    if (work !== 'get') await checkAcknowledged(at, before, work, { count, inFlight })
  }
  return {
    notes: opponent,
    ...(tools.pgbench === undefined && { weaker: 'pgbench is not installed' }),
    async a() {
      const before = await fresh(url)
      const load = { url: service.url, requests, connections: CONNECTIONS, seconds }
      const result = await loadHttp(bench, load)
      await check(url, before, result.answers, CONNECTIONS)
      return figuresOf(result)
    },
    async b() {
      const before = await fresh(opponentUrl)
      const { transactions, ...figures } = await loadStatement(bench, {
        ...best,
        url: opponentUrl,
        seconds,
      })
      await check(opponentUrl, before, transactions, 0)
      return { ...figures }
    },
  }
}

/** A database whose schema the service has made. */
async function migrated(bench: Bench, layout: Layout): Promise<string> {
  const url = await databaseOf(bench, layout)
  const service = await startOnPostgres(bench, url, layout)
  await service.stop()
  return url
}

const CLIENTS = [4, 8, 16, 32, 64]

export const onPostgres: readonly Pair[] = [
  againstPgbench({
    name: 'get',
    what: 'get a cart of 5 lines, 20,000 carts',
    work: 'get',
    statements: getStatements(),
    goal: { floor: 0.9, aim: 1.1 },
  }),
  againstPgbench({
    name: 'add',
    what: 'add to a cart, 20,000 carts',
    work: 'add',
    statements: addStatements(),
    goal: { floor: 1, aim: 1.2 },
  }),
  againstPgbench({
    name: 'create',
    what: 'create a cart',
    work: 'create',
    statements: [createStatement()],
    goal: { floor: 1.15, aim: 1.5 },
  }),
  againstPgbench({
    name: 'one-cart',
    what: 'add to one cart, all connections to the same',
    work: 'add',
    carts: [1, 1],
    statements: addStatements([1, 1]),
    clients: [1, 2, ...CLIENTS],
    goal: { floor: 5, aim: 8 },
  }),
  againstPgbench({
    name: 'document-get',
    what: 'get a cart of 5 lines, document layout against rows',
    work: 'get',
    layout: 'document',
    against: 'rows',
    statements: getStatements(),
    goal: { floor: 1.15, aim: 1.4 },
  }),
  againstPgbench({
    name: 'document-get-best',
    what: 'get a cart of 5 lines, both on the document layout',
    work: 'get',
    layout: 'document',
    statements: [getDocumentStatement()],
    goal: { floor: 0.9, aim: 1.1 },
  }),
  againstPgbench({
    name: 'document-add',
    what: 'add to a cart, document layout against rows',
    work: 'add',
    layout: 'document',
    against: 'rows',
    statements: addStatements(),
    goal: { floor: 1.3, aim: 1.6 },
  }),
  againstPgbench({
    name: 'document-add-best',
    what: 'add to a cart, both on the document layout',
    work: 'add',
    layout: 'document',
    statements: [addDocumentStatement()],
    goal: { floor: 0.9, aim: 1.1 },
  }),
  againstPgbench({
    name: 'document-one-cart',
    what: 'add to one cart, document layout against rows',
    work: 'add',
    carts: [1, 1],
    layout: 'document',
    against: 'rows',
    statements: addStatements([1, 1]),
    clients: [1, 2, ...CLIENTS],
    goal: { floor: 5, aim: 8 },
  }),
]
