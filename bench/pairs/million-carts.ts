import { query } from '../../test/support/query.ts'
import type { Bench } from '../bench.ts'
import { LINES } from '../carts.ts'
import type { Figures, Goal, Pair } from '../pair.ts'
import { loadByNode } from '../support/load.ts'
import { writeRequests } from '../support/requests.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

const MANY = 1_000_000
const FEW = 10_000

const growth = (metric: string): Goal => ({
  metric,
  compare: 'ratio',
  want: 'at most',
  floor: 1.25,
})

/** Latency by number of carts. Each number has a separate database and service, on one server. */
export const millionCarts: Pair = {
  name: 'million-carts',
  long: true,
  what: '1,000,000 carts against 10,000, get and add at one connection',
  a: '1,000,000 carts of 5 lines',
  b: '10,000 carts of 5 lines',
  goals: [growth('get_p50_ms'), growth('add_p50_ms')],
  async open(bench) {
    return { a: await timesWith(bench, MANY), b: await timesWith(bench, FEW) }
  },
}

async function timesWith(bench: Bench, carts: number): Promise<() => Promise<Figures>> {
  const { scratch, signal, seconds } = bench
  const server = await bench.postgres()
  const name = `carts_${carts}`
  const url = await server.createDatabase(name)
  bench.defer(async () => {
    await query(server.url, `drop database ${name} with (force)`)
  })
  const service = await startOnPostgres(bench, url)
  bench.defer(service.stop)
  bench.say(`  making ${carts.toLocaleString('en')} carts`)
  await seed(url, [{ first: 1, count: carts, lines: LINES }])
  const p50 = async (work: 'get' | 'add') => {
    const requests = await writeRequests(scratch, work, [1, carts])
    const load = { url: service.url, requests, connections: 1, seconds }
    return (await loadByNode(signal, load)).p50_ms
  }
  return async () => ({ get_p50_ms: await p50('get'), add_p50_ms: await p50('add') })
}
