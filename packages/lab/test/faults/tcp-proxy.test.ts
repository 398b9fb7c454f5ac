import pg from 'pg'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { useDatabase } from '../../../../test/support/postgres.ts'
import { planFaults } from '../../src/faults/fault-plan.ts'
import { openFaults } from '../../src/faults/faults.ts'
import { playPostgresFaults } from '../../src/faults/postgres-faults.ts'
import { startTcpProxy } from '../../src/faults/tcp-proxy.ts'

const database = await useDatabase()
await database.query('create table carts (n int)')
beforeEach(async () => {
  await database.query('delete from carts')
})

/** A client connected through a proxy, before the window of the fault opens. */
async function connect(fault: string) {
  const faults = openFaults(planFaults(1, [fault], 1))
  const url = new URL(database.url)
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port), faults })
  url.port = new URL(proxy.url).port
  const client = new pg.Client({
    connectionString: url.href,
    query_timeout: 500,
    application_name: 'pushcart',
  })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(async () => {
    await client.end().catch(() => {})
    await proxy[Symbol.asyncDispose]()
  })
  return { client, faults }
}

const INSERT = 'insert into carts values (1)'

async function rows(): Promise<number> {
  return (await database.query('select from carts')).length
}

test('without a fault, all messages pass', async () => {
  const { client } = await connect('latency')
  await client.query(INSERT)
  expect(await rows()).toBe(1)
})

test('the statement of a dropped response was committed', async () => {
  const { client, faults } = await connect('reply_dropped')
  faults.begin(() => 0)
  await expect(client.query(INSERT)).rejects.toThrow(/terminated/)
  expect(await rows()).toBe(1)
  expect(faults.during(0, 0)).toEqual(['reply_dropped'])
})

test('a half-open connection stays open and passes no messages', async () => {
  const { client, faults } = await connect('half_open')
  faults.begin(() => 0)
  await expect(client.query(INSERT)).rejects.toThrow(/timeout/)
  expect(await rows()).toBe(0)
  expect(faults.during(0, 0)).toEqual(['half_open'])
})

test('a cut connection ends the statement', async () => {
  const { client, faults } = await connect('connection_cut')
  faults.begin(() => 0)
  await expect(client.query(INSERT)).rejects.toThrow(/terminated/)
  expect(faults.during(0, 0)).toEqual(['connection_cut'])
})

test('latency delays messages and loses none', async () => {
  const { client, faults } = await connect('latency')
  faults.begin(() => 0)
  await client.query(INSERT)
  expect(await rows()).toBe(1)
  expect(faults.during(0, 0)).toEqual(['latency'])
})

test('a killed backend closes its connection', async () => {
  const { client, faults } = await connect('backend_killed')
  const ended = new Promise((resolve) => client.once('end', resolve))
  const playing = await playPostgresFaults(database.url, faults)
  faults.begin(() => 0)
  await ended
  await playing[Symbol.asyncDispose]()
  expect(faults.during(0, 0)).toEqual(['backend_killed'])
})

test('concurrent transactions fail to serialize, and the proxy notes it', async () => {
  const { client, faults } = await connect('serialization_failure')
  const playing = await playPostgresFaults(database.url, faults)
  faults.begin(() => 0)
  const level = async () => (await client.query('show transaction_isolation')).rows[0]
  await expect.poll(level).toEqual({ transaction_isolation: 'serializable' })
  const other = new pg.Client({ connectionString: database.url })
  await other.connect()
  onTestFinished(() => other.end())
  // Each transaction reads what the other writes, so one of them must fail.
  for (const each of [client, other]) {
    await each.query('begin')
    await each.query('select count(*) from carts')
  }
  for (const each of [other, client]) await each.query(INSERT)
  await other.query('commit')
  await expect(client.query('commit')).rejects.toMatchObject({ code: '40001' })
  expect(faults.during(0, 0)).toEqual(['serialization_failure'])
  await playing[Symbol.asyncDispose]()
})

test('an exhausted pool has all statements waiting for a lock until the window ends', async () => {
  const { client, faults } = await connect('pool_exhausted')
  const playing = await playPostgresFaults(database.url, faults)
  faults.begin(() => 0)
  const locks = () =>
    database.query(
      "select from pg_locks where mode = 'ExclusiveLock' and relation = 'carts'::regclass",
    )
  await expect.poll(locks).toHaveLength(1)
  await expect(client.query(INSERT)).rejects.toThrow(/timeout/)
  await playing[Symbol.asyncDispose]()
  expect(await locks()).toHaveLength(0)
  expect(faults.during(0, 0)).toEqual(['pool_exhausted'])
})
