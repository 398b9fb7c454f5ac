import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { useFolder } from '../../../../../test/support/folder.ts'
import { startPostgresEngine } from '../../../../service/src/engines/postgres-engine.ts'
import { openPostgresProbe } from '../../../src/compare/requirements/postgres-probe.ts'

const folder = useFolder()
// If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
await chmod(folder, 0o711)
const engine = await startPostgresEngine({ dataDir: join(folder, 'postgres') })
const client = new pg.Client({ connectionString: engine.settings.DATABASE_URL })
await client.connect()
afterAll(async () => {
  await client.end()
  await engine.stop()
})

async function opened() {
  const probe = await openPostgresProbe(folder)
  if (probe === null) throw new Error('there is a PostgreSQL')
  return probe
}

test('counts the bytes of log that a transaction writes, and whole pages after a checkpoint', async () => {
  await using stack = new AsyncDisposableStack()
  const probe = await opened()
  stack.defer(() => probe.close())
  await client.query('create table logged (n int primary key, filler text)')
  await client.query("insert into logged select n, repeat('x', 100) from generate_series(1, 200) n")
  const update = async () => {
    const before = await probe.logBytes()
    await client.query("update logged set filler = repeat('y', 100) where n = 100")
    return (await probe.logBytes()) - before
  }
  await probe.checkpoint()
  const [first, second] = [await update(), await update()]
  expect(second).toBeGreaterThan(0)
  // The page is logged as a whole, less its hole.
  expect(first).toBeGreaterThan(second + 1000)
})

test('counts the bytes of all indexes', async () => {
  await using stack = new AsyncDisposableStack()
  const probe = await opened()
  stack.defer(() => probe.close())
  await client.query('create table indexed (n int)')
  await client.query('insert into indexed select generate_series(1, 1000)')
  const before = await probe.indexBytes()
  await client.query('create index on indexed (n)')
  const gained = (await probe.indexBytes()) - before
  const { rows } = await client.query("select pg_indexes_size('indexed') as bytes")
  expect(gained).toBe(Number(rows[0]?.bytes))
})

test('the flush time is that of commits, and never negative', async () => {
  await using stack = new AsyncDisposableStack()
  const probe = await opened()
  stack.defer(() => probe.close())
  const before = await probe.logBytes()
  const seconds = await probe.flushSeconds()
  expect(seconds).toBeGreaterThanOrEqual(0)
  // 200 commits with and 200 without a flush, each of which writes something.
  expect((await probe.logBytes()) - before).toBeGreaterThan(400 * 8)
})

test('without a PostgreSQL there is no probe', async () => {
  expect(await openPostgresProbe(join(folder, 'elsewhere'))).toBeNull()
})
