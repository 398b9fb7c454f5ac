import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { createTestDatabase, useDatabase } from '../../../../test/support/postgres.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { fill } from './databases.ts'

const MAIN = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const database = await useDatabase()
const dynamo = useDynamo()

/** What `pushcart-service move` prints, and its exit code. */
async function move(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = fork(MAIN, ['move', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, 'exit'),
  ])
  return { out, err, code }
}

const FROM_POSTGRES = { CART_STORE_TYPE: 'postgres', DATABASE_URL: database.url }
const toDynamo = (tableName: string) => ({
  ...FROM_POSTGRES,
  MOVE_TO_CART_STORE_TYPE: 'dynamodb',
  MOVE_TO_DYNAMODB_TABLE_NAME: tableName,
  AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint('completed'),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
})

async function newTable(carts: number): Promise<string> {
  const table = dynamo.newStore('completed')
  const store = await openDynamoStore(table)
  await fill(store, carts)
  await store.close()
  return table.tableName
}

async function withCarts(carts: number): Promise<void> {
  const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
  await fill(store, carts)
  await store.close()
}

describe('pushcart move', () => {
  it('plans, moves and finishes', async () => {
    await withCarts(9)
    const env = toDynamo(await newTable(0))
    const plan = await move(['plan', '--units', '10'], env)
    expect(plan).toMatchObject({ err: '', code: 0 })
    expect(plan.out).toMatch(
      /^from postgres to dynamodb\nto move: 9 carts, [\d.]+ KB, the largest \d+ B\nwrite units in the destination: 20\ntime at this rate: 2 s\n$/,
    )
    expect(await move(['status'], env)).toMatchObject({ out: 'phase stay: no move has begun\n' })
    const started = await move(['start'], env)
    expect(started).toMatchObject({ out: 'phase moving: 9 carts moved by this mover\n', code: 0 })
    const status = await move(['status'], env)
    expect(status.out).toMatch(
      /^phase moving \(to dynamodb, epoch \d\)\ninstances: 0\nmoved, as a mover counted last: 9 of 9 carts, [\d.]+ per second, 0 too large\n$/,
    )
    const { record } = JSON.parse((await move(['status', '--json'], env)).out)
    expect(record).toMatchObject({
      peer: 'dynamodb',
      progress: { moved: 9, total: 9, too_large: 0 },
    })
    const verified = await move(['verify', '--json'], env)
    expect(JSON.parse(verified.out)).toMatchObject({ type: 'verify', ok: true, same: 9 })
    expect(await move(['finish'], env)).toMatchObject({ out: 'phase moved\n', code: 0 })
    const again = await move(['start'], env)
    expect(again).toEqual({
      out: '',
      err: 'pushcart: The carts of this source have moved already; `pushcart move finish` completes what was cut off after that\n',
      code: 3,
    })
  })

  it.each(['plan', 'start'])(
    'exits with 3 and one line for databases that cannot be the two of a move: %s',
    async (command) => {
      const old = await createTestDatabase()
      const toPostgres = { ...FROM_POSTGRES, MOVE_TO_CART_STORE_TYPE: 'postgres' }
      const elsewhere = new URL(database.url)
      elsewhere.searchParams.set('application_name', 'another')
      const cases: [Record<string, string>, RegExp][] = [
        [FROM_POSTGRES, /MOVE_TO_CART_STORE_TYPE is not set/],
        [toPostgres, /MOVE_TO_DATABASE_URL is not set/],
        [{ ...toPostgres, MOVE_TO_DATABASE_URL: database.url }, /a move needs two databases/],
        [{ ...toPostgres, MOVE_TO_DATABASE_URL: elsewhere.href }, /are the same database/],
        [
          { ...toPostgres, MOVE_TO_DATABASE_URL: `${old.url}?sslmode=x` },
          /MOVE_TO_DATABASE_URL: sslmode/,
        ],
        [
          { ...toPostgres, MOVE_TO_DATABASE_URL: old.url },
          /STORE_MISCONFIGURED: In the destination of the move: .*--migrate/,
        ],
        [
          toDynamo('no-such-table'),
          /STORE_MISCONFIGURED: In the destination of the move: There is no table "no-such-table"/,
        ],
        [toDynamo(await newTable(1)), /The destination is not empty/],
      ]
      await withCarts(0)
      await database.query('delete from moving_control')
      for (const [env, line] of cases) {
        const { out, err, code } = await move([command], env)
        expect({ out, code, lines: err.split('\n').length }).toEqual({ out: '', code: 3, lines: 2 })
        expect(err).toMatch(line)
      }
      expect(await database.query('select from moving_control')).toEqual([])
      await old.drop()
    },
  )

  it.each([
    'start --carts 0',
    'start --units x',
    'start --workers 257',
    'start --nope',
    'start more',
    'verify --carts 1',
    'finish --freeze',
    'back --freeze',
  ])('exits with 3 for a wrong option: %s', async (args) => {
    const { out, err, code } = await move(args.split(' '), FROM_POSTGRES)
    expect({ out, code }).toEqual({ out: '', code: 3 })
    expect(err).toMatch(/^error: .*\n/)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'exits with 2 when it is interrupted by %s',
    async (signal) => {
      const source = dynamo.newStore('completed')
      const store = await openDynamoStore(source)
      await fill(store, 3)
      await store.close()
      const env = {
        ...toDynamo(await newTable(0)),
        CART_STORE_TYPE: 'dynamodb',
        DYNAMODB_TABLE_NAME: source.tableName,
      }
      // It waits for 100 s after the first cart.
      const child = fork(MAIN, ['move', 'start', '--carts', '0.01'], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      })
      const lines: string[] = []
      for await (const line of createInterface({ input: child.stderr as Readable })) {
        lines.push(line)
        if (lines.length === 1) child.kill(signal)
      }
      expect(lines[0]).toMatch(/^moving: /)
      expect(lines.at(-1)).toBe('pushcart: interrupted; `pushcart move resume` continues')
      expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(2)
    },
  )

  it('says in one line, with exit code 2, that a database does not respond', async () => {
    const url = new URL(database.url)
    url.port = '1'
    const env = { ...toDynamo(await newTable(0)), DATABASE_URL: url.href }
    const { out, err, code } = await move(['start'], env)
    expect({ out, err, code }).toEqual({
      out: '',
      err: 'pushcart: STORE_UNAVAILABLE: In the source of the move: The database cannot be reached\n',
      code: 2,
    })
  })
})
