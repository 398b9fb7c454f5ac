import type { Statement } from '../opponents/statement.ts'
import { addStatements, getStatements } from '../opponents/statements.ts'
import type { Goal, Pair } from '../pair.ts'
import { figuresOf, loadByNode } from '../support/load.ts'
import { loadByPg } from '../support/pgbench.ts'
import { writeRequests } from '../support/requests.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** What the service adds to the latency of one statement without load. Both generators are Node processes. */

function overPg(
  work: 'get' | 'add',
  statement: Statement,
  goal: Pick<Goal, 'floor' | 'aim'>,
): Pair {
  return {
    name: `${work}-latency`,
    what: `${work} at one connection`,
    a: 'pushcart over HTTP, one kept connection, a Node client on a bare socket',
    b: 'the same statement through `pg` in Node, prepared, one connection',
    goals: [{ metric: 'p50_ms', compare: 'difference', want: 'at most', ...goal }],
    async open(bench) {
      const { seconds, signal } = bench
      const { url } = await bench.postgres()
      const service = await startOnPostgres(bench, url)
      bench.defer(service.stop)
      const requests = await writeRequests(bench.scratch, work)
      await seed(url)
      return {
        async a() {
          if (work === 'add') await seed(url)
          const load = { url: service.url, requests, connections: 1, seconds }
          return figuresOf(await loadByNode(signal, load))
        },
        async b() {
          if (work === 'add') await seed(url)
          return figuresOf(await loadByPg(signal, { url, statement, clients: 1, seconds }))
        },
      }
    },
  }
}

export const oneConnection: readonly Pair[] = [
  overPg('get', getStatements()[0], { floor: 0.12, aim: 0.08 }),
  overPg('add', addStatements()[0], { floor: 0.25, aim: 0.12 }),
]
