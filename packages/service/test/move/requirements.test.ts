import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientConfigFor, useDynamo } from '../../../../test/support/dynamodb.ts'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { newCartId } from '../../src/cart/ids.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import {
  type ActionOptions,
  back,
  finish,
  pause,
  planMove,
  resume,
  start,
  status,
  verifyMove,
} from '../../src/run/move/actions.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { Pair } from '../../src/store/moving/pair.ts'
import { openPhasedStore } from '../../src/store/moving/phased-store.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { MovableStore } from '../../src/store/residences.ts'
import { codeOf, line } from '../contract/fixtures.ts'
import { startFaultProxy } from '../store/dynamodb/fault-proxy.ts'
import { actions, fill, now, openDatabases, TIMES, terms } from './databases.ts'

const dynamo = useDynamo()
const memoryPair = (): Pair => ({ source: openMemoryStore(), destination: openMemoryStore() })

/** `plan` and `start` refuse this pair, and touch neither database. */
async function refused(pair: Pair): Promise<string> {
  const before = await recordsOf(pair)
  const messages: string[] = []
  for (const action of [planMove, start])
    await action(actions(pair)).then(
      () => messages.push('not refused'),
      (error) => messages.push(error instanceof ConfigError ? error.message : String(error)),
    )
  expect(await recordsOf(pair)).toEqual(before)
  expect(messages[0]).toBe(messages[1])
  return messages[0] ?? ''
}

/** Both statements wait: for the lock of a table, or for one another. */
async function untilTwoWait(database: TestDatabase): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await database.query(waiting)).length < 2);
}

const recordsOf = ({ source, destination }: Pair) =>
  Promise.all([source, destination].map((store) => store.residences.control.read()))

describe('the databases of a move', () => {
  it('are two in memory', async () => {
    const store = openMemoryStore()
    expect(await refused({ source: store, destination: store })).toMatch(/same database/)
  })

  it('are two on PostgreSQL, by whatever address', async () => {
    const database = await createTestDatabase()
    const other = new URL(database.url)
    other.searchParams.set('application_name', 'another')
    const open = (databaseUrl: string) =>
      openPostgresStore({ databaseUrl, migrate: true, moving: true })
    const pair = { source: await open(database.url), destination: await open(other.href) }
    expect(await refused(pair)).toMatch(/same database/)
    await Promise.all([pair.source.close(), pair.destination.close()])
    await database.drop()
  })

  it('are two on DynamoDB', async () => {
    const table = dynamo.newStore()
    const pair = { source: await openDynamoStore(table), destination: await openDynamoStore(table) }
    expect(await refused(pair)).toMatch(/same database/)
    await Promise.all([pair.source.close(), pair.destination.close()])
  })

  it('are an empty destination and a source', async () => {
    const pair = memoryPair()
    const [cartId = ''] = await fill(pair.destination, 1)
    expect(await refused(pair)).toMatch(`not empty: it has the cart ${cartId}`)
  })

  it('are not refused because another mover has begun meanwhile', async () => {
    const pair = memoryPair()
    await fill(pair.source, 5)
    const { residences } = pair.destination
    // Its carts arrive after this mover has read that no move has begun.
    let begun: Promise<unknown> | undefined
    const scan: typeof residences.scan = async (request) => {
      begun ??= start(actions(pair))
      await begun
      return residences.scan(request)
    }
    const destination = { ...pair.destination, residences: { ...residences, scan } }
    expect((await start(actions({ ...pair, destination }))).counts).toMatchObject({ moved: 0 })
    expect((await finish(actions(pair))).phase).toBe('moved')
  })

  it('can be shut by two movers at once', async () => {
    await using databases = await openDatabases('postgres to dynamodb', dynamo)
    const { control } = databases.pair.source.residences
    const [database = await createTestDatabase()] = databases.postgres
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    for (const shut of [control.fence, control.unfence]) {
      await holder.query('set search_path = public, public_moving')
      await holder.query('begin; lock table carts in access share mode')
      const both = [shut(), shut()]
      await untilTwoWait(database)
      await holder.query('commit')
      await expect(Promise.all(both)).resolves.toBeDefined()
    }
    await holder.end()
  })

  it('are not the source or destination of another move', async () => {
    const [pair, third] = [memoryPair(), openMemoryStore()]
    await start(actions(pair))
    expect(await refused({ source: third, destination: pair.source })).toMatch(
      /source of a move to memory that has not finished/,
    )
    expect(await refused({ source: third, destination: pair.destination })).toMatch(
      /that of another move, from memory/,
    )
    expect(await refused({ source: pair.destination, destination: third })).toMatch(
      /The source is the destination of a move/,
    )
    expect(await third.residences.control.read()).toBeUndefined()
  })

  it('are the ones with which the move began, for every command', async () => {
    const pair = memoryPair()
    await fill(pair.source, 3)
    await start(actions(pair))
    const other = { ...pair, destination: openMemoryStore() }
    const commands: ((options: ActionOptions) => Promise<unknown>)[] = [
      ...[planMove, start, status, pause, resume, verifyMove, finish, back],
    ]
    for (const command of commands)
      await expect(command(actions(other))).rejects.toThrow(/goes to another database/)
    expect(await other.destination.residences.control.read()).toBeUndefined()
    expect((await finish(actions(pair))).phase).toBe('moved')
  })

  it('are bound by the first of two movers with different destinations', async () => {
    const pair = memoryPair()
    const other = { ...pair, destination: openMemoryStore() }
    await fill(pair.source, 5)
    const ends = await Promise.allSettled([start(actions(pair)), start(actions(other))])
    expect(ends.filter(({ status: end }) => end === 'fulfilled')).toHaveLength(1)
    const [first, second] = await Promise.all(
      [pair, other].map(({ destination }) => destination.residences.scan({ limit: 10 })),
    )
    expect([first, second].map((page) => page?.records.length).sort()).toEqual([0, 5])
  })

  it('may have been used for a move that is over', async () => {
    const pair = memoryPair()
    await fill(pair.source, 6)
    await start(actions(pair))
    await back(actions(pair))
    await start(actions(pair))
    await finish(actions(pair))
    const home = { source: pair.destination, destination: pair.source }
    expect((await start(actions(home))).counts.moved).toBe(6)
    expect((await finish(actions(home))).phase).toBe('moved')
  })
})

describe('an instance whose settings name another destination', () => {
  it('keeps its lease and serves, and the phase waits for it', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const failures: unknown[] = []
    const wrong = await databases.instance({
      openPair: async () => ({ ...pair, destination: openMemoryStore() }),
      failed: (error) => failures.push(error),
    })
    const [cartId = ''] = (await fill(wrong, 3)).slice(2)
    const stop = new AbortController()
    const waited = Promise.withResolvers<void>()
    const starting = start(
      actions(pair, {
        signal: stop.signal,
        waiting: () => failures.length > 2 && waited.resolve(),
      }),
    )
    await waited.promise
    expect(String(failures[0])).toMatch(/goes to another database/)
    expect(wrong.state().phase).toBe('stay')
    await wrong.addLines(cartId, [line(1)], terms())
    stop.abort()
    await expect(starting).rejects.toThrow(/abort/i)
    expect((await pair.destination.residences.scan({ limit: 1 })).records).toEqual([])
  })

  it('does not start while the move goes on', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    await start(actions(pair))
    const openPair = async () => ({ ...pair, destination: openMemoryStore() })
    await expect(databases.instance({ openPair })).rejects.toThrow(/goes to another database/)
  })
})

describe('an instance whose carts have home regions', () => {
  const withHomes = () => {
    const store = openMemoryStore()
    const createOnce: CartStore['createOnce'] = async ({ cartId }) => ({
      cartId,
      version: 1,
      replayed: false,
    })
    return { ...store, createOnce }
  }

  it.each(['source', 'destination'] as const)('takes no part in a move: %s', async (side) => {
    const pair = { ...memoryPair(), [side]: withHomes() }
    await start(actions(pair))
    const opening = openPhasedStore({
      plain: pair.source,
      openPair: async () => pair,
      times: TIMES,
    })
    await expect(opening).rejects.toThrow(
      new ConfigError('Carts with home regions cannot be moved'),
    )
  })

  it('is refused before a move begins', async () => {
    const plain = withHomes()
    const openPair = async () => ({ source: plain, destination: openMemoryStore() })
    await expect(openPhasedStore({ plain, openPair, times: TIMES })).rejects.toThrow(ConfigError)
    expect(await plain.residences.control.members()).toEqual([])
  })
})

describe('the rights of a mover', () => {
  async function withRole(
    test: (pair: (grant: string) => Promise<Pair>) => Promise<void>,
  ): Promise<void> {
    const database = await createTestDatabase()
    const role = `mover_${process.pid}`
    const password = randomUUID()
    await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()
    await database.query(`create role ${role} login password ${pg.escapeLiteral(password)}`)
    await database.query(`grant all on all tables in schema public to ${role}`)
    const url = new URL(database.url)
    url.username = role
    url.password = password
    const opened: MovableStore[] = []
    try {
      await test(async (grant) => {
        if (grant !== '') await database.query(grant.replaceAll('mover', role))
        const source = await openPostgresStore({ databaseUrl: url.href, moving: true })
        opened.push(source)
        return { source, destination: openMemoryStore() }
      })
    } finally {
      for (const store of opened) await store.close()
      await database.query(`reassign owned by ${role} to current_user`)
      await database.query(`drop owned by ${role}`)
      await database.query(`drop role ${role}`)
      await database.drop()
    }
  }

  it('are named where PostgreSQL does not grant them, one after the other', async () => {
    await withRole(async (pair) => {
      const all = await refused(await pair(''))
      expect(all).toMatch(/^The source \(postgres\) does not grant what a move needs: ownership/)
      expect(all).toMatch(/create on the schema public, create on the database test_/)
      const withoutOne = await refused(await pair('revoke delete on moving_members from mover'))
      expect(withoutOne).toMatch(/delete on the table moving_members, ownership/)
      await pair('alter table carts owner to mover')
      await pair('grant create on schema public to mover')
      await pair('grant delete on moving_members to mover')
      expect(await refused(await pair(''))).toMatch(/needs: create on the database test_\w+$/)
    })
  })

  it('suffice on PostgreSQL when none is named', async () => {
    await withRole(async (pair) => {
      await pair('alter table carts owner to mover')
      const [database] = [(await pair('')).source]
      await pair('grant create on schema public to mover')
      await pair(
        `do $$ begin execute format('grant create on database %I to mover', current_database()); end $$`,
      )
      expect(await database.residences.missingRights('source')).toEqual([])
      const granted = await pair('')
      await fill(granted.source, 3)
      expect((await start(actions(granted))).counts.moved).toBe(3)
      expect((await back(actions(granted))).phase).toBe('stay')
    })
  })

  it.each(['Scan', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'])(
    'are named where DynamoDB does not grant %s, and nothing is written to find out',
    async (denied) => {
      const type = 'com.amazon.coral.service#AccessDeniedException'
      let isOpen = true
      const proxy = await startFaultProxy(dynamo.endpoint('completed'), (operation) =>
        isOpen || operation !== denied ? 'forward' : { status: 400, type },
      )
      const table = dynamo.newStore('completed')
      const clientConfig = clientConfigFor(proxy.endpoint)
      const source = await openDynamoStore({ ...table, clientConfig })
      isOpen = false
      const missing = `dynamodb:${denied} on the table ${table.tableName}`
      expect(await source.residences.missingRights('source')).toEqual([missing])
      expect(await source.residences.missingRights('destination')).toEqual(
        denied === 'DeleteItem' ? [] : [missing],
      )
      if (denied !== 'Scan')
        expect(await source.residences.scan({ limit: 10 })).toEqual({
          records: [],
          next: undefined,
        })
      await source.close()
      await proxy.close()
    },
  )
})

describe('a plan', () => {
  it.each(['postgres to dynamodb', 'dynamodb to postgres'] as const)(
    'names the write units that the move of %s consumes',
    async (kind) => {
      await using databases = await openDatabases(kind, dynamo)
      const { pair } = databases
      const [side, method] =
        kind === 'postgres to dynamodb'
          ? (['destination', 'arrival'] as const)
          : (['source', 'departure'] as const)
      await fill(pair.source, 12)
      const [big = ''] = (await fill(pair.source, 3)).slice(2)
      for (let i = 0; i < 20; i++)
        await pair.source.addLines(big, [{ ...line(i), productName: 'n'.repeat(200) }], terms())
      const planned = await planMove(actions(pair, { carts: 1 }))
      expect(planned).toMatchObject({ carts: 15, moved: 0, hours: 15 / 3600 })
      expect(planned.largest).toBeGreaterThan(4_000)
      let consumed = 0
      databases.consumed(({ write = 0 }) => {
        consumed += write
      })
      const record = await pair.source.residences.look(big)
      const units = record.at === 'here' ? pair[side].residences.unitsOf(record.state) : null
      expect(units?.[method]).toBeGreaterThan(4)
      for (const { cartId } of (await pair.source.residences.scan({ limit: 100 })).records)
        await databases.bring(cartId)
      expect(planned.writeUnits[side]).toBe(consumed)
    },
  )
})

describe('carts that an instance of the release before creates after finish', () => {
  it('are counted by status, and moved by another finish', async () => {
    await using databases = await openDatabases('dynamodb to postgres', dynamo)
    const { pair } = databases
    const old = await databases.old()
    await fill(old, 3)
    await start(actions(pair))
    expect((await status(actions(pair))).strays).toBeNull()
    await finish(actions(pair))
    expect((await status(actions(pair))).strays).toBe(0)
    const cartId = newCartId(now())
    const { expiresAt, currency } = terms()
    await old.createCart({ cartId, customerId: 1, now: now(), expiresAt, currency })
    expect((await status(actions(pair))).strays).toBe(1)
    await finish(actions(pair))
    expect((await status(actions(pair))).strays).toBe(0)
    const found = pair.destination.getCart(cartId, { now: now(), consistency: 'strong' })
    expect(await codeOf(found)).toBe('nothing failed')
  })
})
