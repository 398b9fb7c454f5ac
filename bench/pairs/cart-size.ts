import { LINES } from '../carts.ts'
import type { Pair } from '../pair.ts'
import { figuresOf, loadByNode } from '../support/load.ts'
import { writeRequests } from '../support/requests.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

const EACH = 2000
const LARGE = 50

/** Latency of a get by number of lines. */
export const cartSize: Pair = {
  name: 'cart-size',
  what: `get a cart of ${LARGE} lines against one of ${LINES}, one connection`,
  a: `carts of ${LARGE} lines`,
  b: `carts of ${LINES} lines`,
  goals: [{ metric: 'p50_ms', compare: 'ratio', want: 'at most', floor: 2 }],
  async open(bench) {
    const { url } = await bench.postgres()
    const service = await startOnPostgres(bench, url)
    bench.defer(service.stop)
    await seed(url, [
      { first: 1, count: EACH, lines: LINES },
      { first: EACH + 1, count: EACH, lines: LARGE },
    ])
    const read = async (carts: readonly [number, number]) => {
      const requests = await writeRequests(bench.scratch, 'get', carts)
      return async () => {
        const load = { url: service.url, requests, connections: 1, seconds: bench.seconds }
        return figuresOf(await loadByNode(bench.signal, load))
      }
    }
    return { a: await read([EACH + 1, 2 * EACH]), b: await read([1, EACH]) }
  },
}
