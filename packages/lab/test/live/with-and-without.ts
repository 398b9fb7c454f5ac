import { setTimeout as sleep } from 'node:timers/promises'
import { openCartClient } from '../../src/cart-api/cart-client.ts'
import { probeAbilities } from '../../src/consistency/record/abilities.ts'
import { liveShow } from '../../src/live/server/live-show.ts'
import { startPageServer } from '../../src/live/server/page-server.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { openStage } from '../../src/live/server/stage.ts'
import { DEFAULT_MIX } from '../../src/live/shopping/mixes.ts'
import { startShoppers } from '../../src/live/shopping/shoppers.ts'
import type { LiveSide } from '../../src/live/sides/side.ts'
import { readPrices } from '../../src/model/cost/read-prices.ts'
import { cpuOfDescendants } from '../../src/services/process-tree.ts'
import { metricsOf } from '../../src/services/watch-service.ts'

const WARM_UP_MS = 3000
const SECONDS = 7

/** What all services did in one block. */
export interface Served {
  /** Acknowledged operations per second. */
  readonly rate: number
  /** CPU of services and databases for an acknowledged operation, milliseconds. */
  readonly cpu_ms: number
}

export interface BlockOptions {
  readonly sides: readonly LiveSide[]
  readonly shoppers: number
  /** `process.hrtime.bigint()` when the services were started. */
  readonly started: bigint
}

/** The shoppers alone: nobody watches the services, and nothing is checked. */
export async function serveWithoutPage({
  sides,
  shoppers,
  started,
}: BlockOptions): Promise<Served> {
  await using stack = new AsyncDisposableStack()
  let acknowledged = 0
  for (const [place, side] of sides.entries()) {
    const client = openCartClient(side.url(), { connections: 1, access: side.access })
    const customers = 2_000_000_000 + 1_000_000 * place + Math.floor(Math.random() * 100_000_000)
    const abilities = await probeAbilities(client, String(customers))
    await client.close()
    const onTally = ({ ok }: { readonly ok: number }) => {
      acknowledged += ok
    }
    const given = { side, abilities, seed: 1, started, customers, onTally, onCart() {} }
    stack.use(startShoppers(given)).set(shoppers, DEFAULT_MIX)
  }
  return await measure(sides, () => acknowledged)
}

/** The same shoppers with the page: figures, checker, recorder, and a browser that is sent everything. */
export async function serveWithPage({ sides, shoppers, started }: BlockOptions): Promise<Served> {
  await using stack = new AsyncDisposableStack()
  const stage = stack.use(
    await openStage({ sides, prices: readPrices(undefined), seed: 1, started }),
  )
  const show = liveShow(stage, startRecorder(stage), () => '')
  const { url } = stack.use(await startPageServer(show, { host: '127.0.0.1', port: 0 }))
  const events = await fetch(new URL('events', url))
  const reader = events.body?.getReader()
  const read = async () => {
    while ((await reader?.read())?.done === false);
  }
  read().catch(() => {})
  let acknowledged = 0
  stage.subscribe({
    frame(frame) {
      for (const { ok } of Object.values(frame.sides)) acknowledged += ok
    },
    finding() {},
    cart() {},
  })
  stage.load(shoppers, DEFAULT_MIX)
  return await measure(sides, () => acknowledged)
}

async function measure(sides: readonly LiveSide[], acknowledged: () => number): Promise<Served> {
  await sleep(WARM_UP_MS)
  const at = performance.now()
  const [count, cpu_s] = [acknowledged(), await cpuOf(sides)]
  await sleep(SECONDS * 1000)
  const operations = acknowledged() - count
  return {
    rate: operations / ((performance.now() - at) / 1000),
    cpu_ms: (1000 * ((await cpuOf(sides)) - cpu_s)) / operations,
  }
}

/** CPU seconds of the services that shoppers use, and of their databases. */
async function cpuOf(sides: readonly LiveSide[]): Promise<number> {
  const found = await Promise.all(
    sides.map(async ({ url, own }) => {
      const [metrics, database] = await Promise.all([
        metricsOf(url()),
        own === undefined ? null : cpuOfDescendants(own.databasePid(), [own.databasePid()]),
      ])
      return (metrics?.get('process_cpu_seconds_total') ?? 0) + (database ?? 0)
    }),
  )
  return found.reduce((sum, cpu) => sum + cpu, 0)
}
