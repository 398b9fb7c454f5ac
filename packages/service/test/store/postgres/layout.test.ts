import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import type { LayoutName } from '../../../src/config/config.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { convertLayout } from '../../../src/store/postgres/convert.ts'
import { batchValues, foldAdds } from '../../../src/store/postgres/fold-adds.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { ADD_DOCUMENTS } from '../../../src/store/postgres/statements.ts'
import { create, keyed, line, options, strong, T0 } from '../../contract/fixtures.ts'

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  return database
}

async function connect({ url }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

function open({ url }: TestDatabase, layout: LayoutName, migrate = true, poolSize = 10) {
  return openPostgresStore({ databaseUrl: url, layout, migrate, poolSize })
}

const LAYOUTS: readonly (readonly [LayoutName, LayoutName])[] = [
  ['rows', 'document'],
  ['document', 'rows'],
]

it('the names of products are the last column of a document, so that adds do not log them', async () => {
  const database = await newDatabase()
  await (await open(database, 'document')).close()
  const columns = await database.query(
    `select attname as name from pg_attribute
     where attrelid = 'carts'::regclass and attnum > 0 and not attisdropped order by attnum`,
  )
  expect(columns.slice(-3).map(({ name }) => name)).toEqual([
    'line_keys',
    'line_numbers',
    'line_names',
  ])
})

describe.each(LAYOUTS)('a database in the layout %s', (layout, other) => {
  it('with carts is refused by a service of the other layout in one line', async () => {
    const database = await newDatabase()
    const store = await open(database, layout)
    await create(store)
    await store.close()
    for (const migrate of [true, false]) {
      const refused = open(database, other, migrate)
      await expect(refused).rejects.toThrow(ConfigError)
      await expect(refused).rejects.toThrow(
        `POSTGRES_LAYOUT=${other}, but the database has carts in the layout "${layout}": set POSTGRES_LAYOUT=${layout}, or convert them with pushcart convert --to ${other}`,
      )
    }
    await (await open(database, layout, false)).close()
  })

  it('without carts takes the other layout with migrate, and asks for it without', async () => {
    const database = await newDatabase()
    await (await open(database, layout)).close()
    await expect(open(database, other, false)).rejects.toThrow('start once with --migrate')
    const store = await open(database, other)
    const cartId = await create(store)
    await store.addLines(cartId, [line(1)], options())
    expect((await store.getCart(cartId, strong())).lines).toHaveLength(1)
    await store.close()
  })

  it('refuses changes of a running service of the other layout, which can lose nothing', async () => {
    const database = await newDatabase()
    const late = await open(database, other)
    await (await open(database, layout)).close()
    const cartId = await create(late)
    await expect(late.addLines(cartId, [line(1)], options())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
    })
    await late.close()
  })
})

describe('adds to documents', () => {
  it('that wait for a lock apply to what the other session committed', async () => {
    const database = await newDatabase()
    const store = await open(database, 'document')
    const cartId = await create(store)
    await store.addLines(cartId, [line('a'), line('b')], options())
    const sessions = await Promise.all([1, 2, 3].map(() => connect(database)))
    const [other, first, second] = sessions
    await other?.query('begin')
    // Moves b to the place of a, so that a place found before the wait would be that of another line.
    await other?.query(
      `update carts set line_keys = line_keys[2:], line_names = line_names[2:], line_numbers = line_numbers[5:],
              line_count = 1, units = 1, version = version + 1 where cart_id = $1`,
      [cartId],
    )
    const waiting = [
      [first, [line('b', 10)]],
      [second, [line('b', 100), line('c')]],
    ] as const
    const adds = waiting.map(([session, lines]) =>
      session?.query(
        ADD_DOCUMENTS.text,
        batchValues(foldAdds([{ cartId, lines, terms: options() }]), true),
      ),
    )
    await vi.waitFor(
      async () =>
        expect(
          await database.query(`select count(*)::int as waiting from pg_stat_activity
                                where datname = current_database() and wait_event_type = 'Lock'`),
        ).toEqual([{ waiting: 2 }]),
      { timeout: 20_000 },
    )
    await other?.query('commit')
    await Promise.all(adds)
    await Promise.all(sessions.map((session) => session.end()))
    const { lines, version } = await store.getCart(cartId, strong())
    expect(lines.map(({ productId, quantity }) => [productId, quantity])).toEqual([
      ['b', 111],
      ['c', 1],
    ])
    expect(version).toBe(5)
    await store.close()
  })

  it('keep names and keys of any characters', async () => {
    const database = await newDatabase()
    const store = await open(database, 'document')
    const cartId = await create(store)
    const names = [
      'plain',
      'two words',
      'a "quoted" \\ name',
      '{brace},comma',
      'NULL',
      'ünïcödé 🛒',
    ]
    const lines = names.map((productName) => ({ ...line(`id of ${productName}`), productName }))
    for (const each of lines) await store.addLines(cartId, [each], options())
    const read = await store.getCart(cartId, strong())
    expect(read.lines.map(({ productId, productName }) => [productId, productName]).sort()).toEqual(
      lines.map(({ productId, productName }) => [productId, productName]).sort(),
    )
    await store.close()
  })
})

describe.each(['rows', 'document'] as const)('SQL for people in the layout %s', (layout) => {
  it('reads lines and orders from cart_lines and orders', async () => {
    const database = await newDatabase()
    const store = await open(database, layout)
    const cartId = await create(store)
    await store.addLines(cartId, [line(1, 2, 1050), line('x', 1, 99)], options())
    await store.checkout(cartId, options())
    const open_ = await create(store)
    await store.addLines(open_, [line(1)], options())
    await store.close()
    expect(
      await database.query(
        `select product_id, product_name, unit_price::int, quantity::int from carts join cart_lines using (cart_id)
          where ordered_at is not null order by product_id`,
      ),
    ).toEqual([
      { product_id: '1', product_name: 'Product 1', unit_price: 1050, quantity: 2 },
      { product_id: 'x', product_name: 'Product x', unit_price: 99, quantity: 1 },
    ])
    expect(
      await database.query(
        'select order_id, customer_id, lines::int, units::int, total::float, currency from orders',
      ),
    ).toEqual([
      { order_id: cartId, customer_id: '7', lines: 2, units: 3, total: 21.99, currency: 'USD' },
    ])
  })
})

describe('convertLayout', () => {
  async function withCarts(layout: LayoutName) {
    const database = await newDatabase()
    const store = await open(database, layout)
    const [active, merged, ordered, empty] = [
      await create(store),
      await create(store),
      await create(store),
      await create(store),
    ]
    await store.addLines(active, [line(1, 2), line('b "c"', 3)], keyed('k'))
    await store.addLines(merged, [line(2)], options(T0 + 1))
    await store.mergeCart(active, { fromCartId: merged, strategy: 'sum' }, options(T0 + 2))
    await store.addLines(ordered, [line(1)], options())
    await store.checkout(ordered, options())
    const ids = [active, merged, ordered, empty]
    const read = (from: CartStore) => Promise.all(ids.map((id) => from.getCart(id, strong())))
    return { database, store, active, read }
  }

  it.each(LAYOUTS)('from %s to %s and back keeps every cart, key and order', async (from, to) => {
    const { database, store, active, read } = await withCarts(from)
    const before = await read(store)
    await store.close()
    const options_ = { databaseUrl: database.url }
    expect(await convertLayout(options_, to)).toMatchObject({ from, carts: 4, lines: 4 })
    expect(await convertLayout(options_, to)).toMatchObject({ from: to, carts: 4, lines: 4 })
    const converted = await open(database, to, false)
    expect(await read(converted)).toEqual(before)
    expect(await converted.addLines(active, [line(1, 2), line('b "c"', 3)], keyed('k'))).toEqual({
      version: 2,
      replayed: true,
    })
    await converted.addLines(active, [line(1), line(9)], options(T0 + 3))
    const changed = await read(converted)
    await converted.close()
    expect(await convertLayout(options_, from)).toMatchObject({ from: to, carts: 4, lines: 5 })
    const back = await open(database, from, false)
    expect(await read(back)).toEqual(changed)
    await back.setLine(active, line(9, 5), options(T0 + 4))
    await back.close()
  })

  it('is refused while a service is connected', async () => {
    const { database, store } = await withCarts('rows')
    await expect(convertLayout({ databaseUrl: database.url }, 'document')).rejects.toThrow(
      /in use by \d+ other sessions? of the same user \(pushcart\)/,
    )
    await store.close()
    expect(await database.query('select count(*)::int as lines from cart_lines')).toEqual([
      { lines: 4 },
    ])
  })

  it('is refused while something else depends on the table of the lines, and changes nothing', async () => {
    const { database, store } = await withCarts('rows')
    await store.close()
    await database.query('create view report as select * from cart_lines')
    await expect(convertLayout({ databaseUrl: database.url }, 'document')).rejects.toThrow(
      'view report depends on table cart_lines',
    )
    await (await open(database, 'rows', false)).close()
  })

  it('changes nothing when the carts would not be the same', async () => {
    const { database, store, read } = await withCarts('document')
    const before = await read(store)
    await store.close()
    await database.query(
      `create function spoil() returns trigger language plpgsql as 'begin new.quantity := 99; return new; end'`,
    )
    // A fault of the conversion: an event trigger is the only way to get between its statements.
    await database.query(
      `create function spoil_lines() returns event_trigger language plpgsql as $$ begin
         if to_regclass('cart_lines') is not null and (select relkind from pg_class where oid = to_regclass('cart_lines')) = 'r'
            and not exists (select from pg_trigger where tgname = 'spoil') then
           create trigger spoil before insert on cart_lines for each row execute function spoil();
         end if; end $$`,
    )
    await database.query(
      `create event trigger spoiling on ddl_command_end when tag in ('CREATE TABLE') execute function spoil_lines()`,
    )
    await expect(convertLayout({ databaseUrl: database.url }, 'rows')).rejects.toThrow(
      /would not be the same.*nothing was changed/,
    )
    const unchanged = await open(database, 'document', false)
    expect(await read(unchanged)).toEqual(before)
    await unchanged.close()
  })
})
