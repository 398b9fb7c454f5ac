import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { cartId } from '../bench/carts.ts'
import { seed } from '../bench/support/seed.ts'
import { createRandom } from '../packages/lab/src/random/random.ts'
import { describeMachine, packageVersion } from '../packages/lab/src/results/machine.ts'
import { startService } from '../packages/lab/src/services/start-service.ts'
import { startPostgresEngine } from '../packages/service/src/engines/postgres-engine.ts'

/**
 * Measures how many pages PostgreSQL reads from outside its cache per operation, by the size of the data relative to the
 * cache: `node scripts/write-cache-misses.ts`, some minutes. The cache is a small `shared_buffers`. Counts, not times, so
 * the machine may be busy.
 *
 * Two patterns: visits, each with a cart of its own (create, four adds, five reads), and reads and adds of carts chosen
 * uniformly from all that are kept.
 */
const SHARED_BUFFERS = 8 * 2 ** 20
const RATIOS = [0.5, 1, 2, 4, 8]
/** Rows layout, with indexes; the real size is measured after seeding. */
const ABOUT_CART_BYTES = 1200
const OPERATIONS = 4000
const CLIENTS = 8
const LINES = 5

const folder = await mkdtemp(join(tmpdir(), 'pushcart-misses-'))
const dataDir = join(folder, 'postgres')
const first = await startPostgresEngine({ dataDir })
await withClient(first.settings.DATABASE_URL ?? '', async (client) => {
  await client.query(`alter system set shared_buffers = '${SHARED_BUFFERS / 8192}'`)
  // Autovacuum reads pages, too.
  await client.query(`alter system set autovacuum = 'off'`)
})
await first.stop()
const engine = await startPostgresEngine({ dataDir })
const database = engine.settings.DATABASE_URL ?? ''
const service = await startService({
  args: ['--migrate'],
  settings: {
    ...engine.settings,
    CART_STORE_TYPE: 'postgres',
    DATABASE_POOL_SIZE: String(CLIENTS),
    LOG_LEVEL: 'fatal',
    SWEEP_INTERVAL_SECONDS: '0',
  },
})
const random = createRandom(1)
const points: object[] = []
try {
  for (const wanted of RATIOS) {
    const count = Math.round((wanted * SHARED_BUFFERS) / ABOUT_CART_BYTES)
    await seed(database, [{ first: 1, count, lines: LINES }])
    const ratio = (await dataBytes()) / SHARED_BUFFERS
    const any = () => cartId(random.integer(1, count))
    const point = {
      data_per_cache: round(ratio),
      visit: round(await pagesPerOperation(visit, 10)),
      any_read: round(await pagesPerOperation(() => get(any()), 1)),
      any_change: round(await pagesPerOperation(() => add(any()), 1)),
    }
    points.push(point)
    console.log(JSON.stringify(point))
  }
} finally {
  await service.stop()
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
}
const { cpu, cores } = describeMachine()
writeFileSync(
  new URL('../packages/lab/src/model/cost/cache-misses.json', import.meta.url),
  `${JSON.stringify(
    {
      by: `the project: pushcart ${packageVersion()} on ${cores} cores (${cpu}), PostgreSQL with shared_buffers of ${SHARED_BUFFERS / 2 ** 20} MiB`,
      measured_at: new Date().toISOString(),
      operations: OPERATIONS,
      points,
    },
    null,
    2,
  )}\n`,
)

/** Pages that were not in the cache, per operation; the first half of the operations fills the cache and is not counted. */
async function pagesPerOperation(run: () => Promise<void>, operations: number): Promise<number> {
  const runs = Math.ceil(OPERATIONS / operations)
  await repeat(run, runs)
  const before = await pagesRead()
  await repeat(run, runs)
  return ((await pagesRead()) - before) / (runs * operations)
}

async function repeat(run: () => Promise<void>, runs: number): Promise<void> {
  let left = runs
  const client = async () => {
    while (left-- > 0) await run()
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

async function visit(): Promise<void> {
  const { shopping_cart_id } = await call('POST', '/shopping-carts', {
    customer_id: random.integer(1, 1e9),
  })
  for (let line = 1; line <= LINES; line++) {
    if (line < LINES) await add(String(shopping_cart_id), line)
    await get(String(shopping_cart_id))
  }
}

async function get(cart: string): Promise<void> {
  await call('GET', `/shopping-carts/${cart}`)
}

async function add(cart: string, product_id = random.integer(1, LINES)): Promise<void> {
  await call('POST', `/shopping-carts/${cart}/items`, { product_id, quantity: 1 })
}

async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(service.url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

/** Backends add their counts when they end, so those of the service are ended; it opens others. */
async function pagesRead(): Promise<number> {
  return withClient(database, async (client) => {
    const others = `from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`
    await client.query(`select pg_terminate_backend(pid, 10000) ${others}`)
    await client.query('select pg_stat_clear_snapshot()')
    const { rows } = await client.query(
      'select sum(coalesce(heap_blks_read, 0) + coalesce(idx_blks_read, 0)) as pages from pg_statio_user_tables',
    )
    return Number(rows[0]?.pages)
  })
}

async function dataBytes(): Promise<number> {
  return withClient(database, async (client) => {
    const { rows } = await client.query(
      `select pg_total_relation_size('carts') + pg_total_relation_size('cart_lines') as bytes`,
    )
    return Number(rows[0]?.bytes)
  })
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'pushcart lab' })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
