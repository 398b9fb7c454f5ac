import { CARTS, LINES } from '../carts.ts'
import type { Pair } from '../pair.ts'
import { openKeepAlive, requestBytes } from '../support/keep-alive.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { writeRequests } from '../support/requests.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

const SEARCHERS = 10
const PATH = '/products?name=no%20product%20has%20this%20name'

/** What searching the catalog costs those who read carts. */
export const search: Pair = {
  name: 'search',
  what: `get beside ${SEARCHERS} clients that search a name without a match, 64 connections`,
  a: 'gets while the clients search, each sending its next search when the previous response arrives',
  b: 'gets alone',
  goals: [{ metric: 'p50_ms', compare: 'ratio', want: 'at most', floor: 1.5 }],
  async open(bench) {
    const { url } = await bench.postgres()
    const service = await startOnPostgres(bench, url)
    bench.defer(service.stop)
    await seed(url, [{ first: 1, count: CARTS, lines: LINES }])
    const requests = await writeRequests(bench.scratch, 'get')
    const load = { url: service.url, requests, connections: 64, seconds: bench.seconds }
    const gets = async () => figuresOf(await loadHttp(bench, load))
    return {
      b: gets,
      async a() {
        const searching = await startSearching(service.url)
        try {
          return await gets()
        } finally {
          await searching.stop()
        }
      },
    }
  },
}

async function startSearching(url: string) {
  const request = requestBytes(new URL(url).host, 'GET', PATH, '')
  const connections = await Promise.all(Array.from({ length: SEARCHERS }, () => openKeepAlive(url)))
  let on = true
  const loops = connections.map(async (connection) => {
    while (on) await connection.send(request)
    connection.close()
  })
  return {
    async stop() {
      on = false
      await Promise.all(loops)
    },
  }
}
