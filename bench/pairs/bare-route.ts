import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'
import { CARTS } from '../carts.ts'
import type { Pair } from '../pair.ts'
import { createCarts } from '../support/create-carts.ts'
import { type Listening, startListening } from '../support/listening.ts'
import { figuresOf, loadHttp } from '../support/load.ts'
import { cpuMs } from '../support/process-figures.ts'
import { startService } from '../support/service.ts'

const CONNECTIONS = 64
/** Few, because they are created over HTTP. */
const NUMBER = CARTS / 100

/** What the service does for a read beyond the framework and the database. */
export const bareRoute: Pair = {
  name: 'bare-route',
  what: 'CPU of a get on the memory store, over a bare Fastify route that responds with the same text',
  a: `pushcart, memory store, ${CONNECTIONS} connections`,
  b: 'a Fastify route without hooks, log or validation',
  goals: [{ metric: 'cpu_us', compare: 'ratio', want: 'at most', floor: 1.9, aim: 1.6 }],
  async open(bench) {
    const ours = await startService(bench, { CART_STORE_TYPE: 'memory' })
    bench.defer(ours.stop)
    const paths = await createCarts(ours.url, NUMBER)
    const requests = join(bench.scratch, 'memory.tsv')
    await writeFile(requests, paths.map((path) => `GET\t${path}\t\n`).join(''))
    const bare = await startListening({
      program: {
        path: fileURLToPath(new URL('../opponents/bare-app.ts', import.meta.url)),
        args: [],
      },
      settings: { TEXT: await (await fetch(ours.url + paths[0])).text() },
      signal: bench.signal,
    })
    bench.defer(bare.stop)
    return { a: () => measure(bench, ours, requests), b: () => measure(bench, bare, requests) }
  },
}

async function measure(bench: Bench, { url, pid }: Listening, requests: string) {
  const before = await cpuMs(pid)
  const load = { url, requests, connections: CONNECTIONS, seconds: bench.seconds }
  const result = await loadHttp(bench, load)
  return { ...figuresOf(result), cpu_us: (((await cpuMs(pid)) - before) * 1000) / result.answers }
}
