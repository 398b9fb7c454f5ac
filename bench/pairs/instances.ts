import type { Bench } from '../bench.ts'
import { CARTS } from '../carts.ts'
import type { Goal, Pair } from '../pair.ts'
import { checkAcknowledged } from '../support/acknowledged.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { writeRequests } from '../support/requests.ts'
import { seed, totals } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** What becomes of the throughput when a second instance or worker shares the database, and the cores. */

const CONNECTIONS = 64

interface Sharing {
  readonly name: string
  readonly what: string
  readonly work: 'get' | 'add'
  readonly carts?: readonly [number, number]
  /** A second instance with half of the connections, or a second worker of one instance. */
  readonly by: 'instance' | 'worker'
  readonly goal: Pick<Goal, 'floor'>
}

function shared({ name, what, work, carts = [1, CARTS], by, goal }: Sharing): Pair {
  return {
    name,
    what,
    a: `${by === 'instance' ? 'two instances with 32 connections each' : '--workers 2, 64 connections'}, document layout`,
    b: 'one process, 64 connections, document layout',
    goals: [{ metric: 'per_second', compare: 'ratio', want: 'at least', ...goal }],
    async open(bench) {
      const postgres = await bench.postgres()
      const url = await postgres.createDatabase(name.replaceAll('-', '_'))
      const requests = await writeRequests(bench.scratch, work, carts)
      const start = async (options: readonly string[] = []) => {
        const service = await startOnPostgres(bench, url, 'document', options)
        bench.defer(service.stop)
        return service.url
      }
      const alone = await start()
      const both = by === 'instance' ? [alone, await start()] : [await start(['--workers', '2'])]
      await seed(url)
      const measure = (urls: readonly string[]) => async () => {
        if (work === 'add') await seed(url)
        const before = await totals(url)
        const figures = await loadAll(bench, urls, requests)
        const { per_second, count } = figures
        if (work === 'add')
          await checkAcknowledged(url, before, 'add', { count, inFlight: CONNECTIONS })
        return { per_second, p50_ms: figures.p50_ms, p99_ms: figures.p99_ms }
      }
      return { a: measure(both), b: measure([alone]) }
    },
  }
}

/** Loads all at once, with equal shares of the connections; the latencies are those of the slowest. */
async function loadAll(bench: Bench, urls: readonly string[], requests: string) {
  const connections = CONNECTIONS / urls.length
  const results = await Promise.all(
    urls.map((url) => loadHttp(bench, { url, requests, connections, seconds: bench.seconds })),
  )
  const worst = (name: 'p50_ms' | 'p99_ms') => Math.max(...results.map((result) => result[name]))
  return {
    count: results.reduce((sum, { answers }) => sum + answers, 0),
    per_second: results.reduce((sum, { answers, seconds }) => sum + answers / seconds, 0),
    p50_ms: worst('p50_ms'),
    p99_ms: worst('p99_ms'),
  }
}

/** What saturating adds do to those who read. */
const getsBesideAdds: Pair = {
  name: 'get-beside-adds',
  what: `get at ${CONNECTIONS} connections while ${CONNECTIONS} others add as fast as they can, document layout`,
  a: 'gets beside adds to 20,000 carts',
  b: 'gets alone',
  goals: [{ metric: 'p99_ms', compare: 'ratio', want: 'at most', floor: 3 }],
  async open(bench) {
    const postgres = await bench.postgres()
    const url = await postgres.createDatabase('get_beside_adds')
    const service = await startOnPostgres(bench, url, 'document')
    bench.defer(service.stop)
    await seed(url)
    const gets = await writeRequests(bench.scratch, 'get')
    const adds = await writeRequests(bench.scratch, 'add')
    const { seconds } = bench
    const load = (requests: string, connections: number) =>
      loadHttp(bench, { url: service.url, requests, connections, seconds })
    return {
      async a() {
        const [read, added] = await Promise.all([load(gets, CONNECTIONS), load(adds, CONNECTIONS)])
        return { ...figuresOf(read), adds_per_second: added.answers / added.seconds }
      },
      async b() {
        await seed(url)
        return figuresOf(await load(gets, CONNECTIONS))
      },
    }
  },
}

export const instances: readonly Pair[] = [
  shared({
    name: 'second-instance',
    what: 'adds to 20,000 carts by two instances on one database',
    work: 'add',
    by: 'instance',
    goal: { floor: 0.95 },
  }),
  shared({
    name: 'second-instance-hot',
    what: 'adds to one cart by two instances on one database',
    work: 'add',
    carts: [1, 1],
    by: 'instance',
    goal: { floor: 0.8 },
  }),
  shared({
    name: 'workers-get',
    what: 'gets with two workers',
    work: 'get',
    by: 'worker',
    goal: { floor: 0.95 },
  }),
  shared({
    name: 'workers-add',
    what: 'adds to 20,000 carts with two workers',
    work: 'add',
    by: 'worker',
    goal: { floor: 0.95 },
  }),
  getsBesideAdds,
]
