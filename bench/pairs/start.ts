import { cartId } from '../carts.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Pair } from '../pair.ts'
import { openKeepAlive, requestBytes } from '../support/keep-alive.ts'
import { seed } from '../support/seed.ts'
import { startOnPostgres } from '../support/service.ts'

/** Time from starting an instance to its first response. */
export const start: Pair = {
  name: 'start',
  what: 'start to first response: `serve` on a running database',
  a: 'from starting the process to the whole answer of the first get of a cart',
  b: null,
  goals: [{ metric: 'seconds', compare: 'value', want: 'at most', floor: 1 }],
  async open(bench) {
    const { url } = await bench.postgres()
    const migrating = await startOnPostgres(bench, url)
    await migrating.stop()
    await seed(url)
    return {
      async a() {
        const service = await startOnPostgres(bench, url)
        try {
          const { host } = new URL(service.url)
          const connection = await openKeepAlive(service.url)
          const path = `/shopping-carts/${cartId(1)}`
          const status = await connection.send(requestBytes(host, 'GET', path, ''))
          const seconds = service.age() / 1000
          connection.close()
          if (status !== 200) throw new InvalidRun(`the first response had status ${status}`)
          return { seconds }
        } finally {
          await service.stop()
        }
      },
    }
  },
}
