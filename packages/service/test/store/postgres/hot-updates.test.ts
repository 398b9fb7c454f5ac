import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, useDatabase } from '../../../../../test/support/postgres.ts'
import { changeValues } from '../../../src/store/postgres/changes.ts'
import {
  batchValues,
  foldAdds,
  isSingle,
  singleValues,
} from '../../../src/store/postgres/fold-adds.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { ADD_LINES, ADD_TO_DOCUMENTS } from '../../../src/store/postgres/single-adds.ts'
import { ADD_BATCH, ADD_DOCUMENTS, CHANGE_CART } from '../../../src/store/postgres/statements.ts'
import { create, keyed, line, options, T0 } from '../../contract/fixtures.ts'

const HOUR = 3_600_000

const database = await useDatabase()

describe('updates of carts and lines', () => {
  const seconds = [1, 2, 3, 4, 5].map((n) => n * 1000)
  it.each([
    ['touch no index when a product is added again', seconds.map((at) => options(T0 + at)), 5],
    ['nor when the add has a key', seconds.map((at) => keyed(`k${at}`, T0 + at)), 5],
    [
      'change one index entry when the expiry reaches another hour, and none after that',
      seconds.map((at) => options(T0 + HOUR - 10_000 + at)),
      4,
    ],
  ])('%s', async (_, changes, hot) => {
    const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
    const cartId = await create(store)
    await store.addLines(cartId, [line(1)], options())
    await store.close()

    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    // PostgreSQL counts heap-only updates until the end of a transaction.
    await client.query('begin')
    for (const [i, change] of changes.entries()) {
      const lines = [line(1)]
      // By turns one by one and in batches of both kinds.
      const folded = foldAdds([{ cartId, lines, terms: change }])
      if (i % 3 === 0)
        await client.query(CHANGE_CART.text, changeValues(cartId, { do: 'add', lines }, change))
      else {
        const { rows } =
          i % 3 === 1 && folded.every(isSingle)
            ? await client.query(ADD_LINES.text, singleValues(folded))
            : await client.query(ADD_BATCH.text, batchValues(folded, false))
        expect(rows).toHaveLength(1)
      }
    }
    const { rows } = await client.query(
      `select relname, pg_stat_get_xact_tuples_hot_updated(oid)::int as hot,
              pg_stat_get_xact_tuples_updated(oid)::int as updated
       from pg_class where relname in ('carts', 'cart_lines') order by relname`,
    )
    await client.end()
    expect(rows).toEqual([
      { relname: 'cart_lines', hot: 5, updated: 5 },
      { relname: 'carts', hot, updated: 5 },
    ])
  })
})

describe('updates of documents', () => {
  it.each([5, 20])('touch no index when products of %i are added again', async (count) => {
    const database = await createTestDatabase()
    onTestFinished(database.drop)
    const products = Array.from({ length: count }, (_, i) => line(i + 1))
    const opening = { databaseUrl: database.url, layout: 'document', migrate: true } as const
    const store = await openPostgresStore(opening)
    const cartId = await create(store)
    await store.addLines(cartId, products, options())
    await store.close()
    const seconds = [1, 2, 3, 4]

    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query('begin')
    for (const second of seconds) {
      // By turns one line without a key, and two with one.
      const isOne = second % 2 === 0
      const at = T0 + second * 1000
      const terms = isOne ? options(at) : keyed(`k${second}`, at)
      const folded = foldAdds([{ cartId, lines: products.slice(0, isOne ? 1 : 2), terms }])
      const { rows } = isOne
        ? await client.query(ADD_TO_DOCUMENTS.text, singleValues(folded))
        : await client.query(ADD_DOCUMENTS.text, batchValues(folded, false))
      expect(rows).toHaveLength(1)
    }
    const { rows } = await client.query(
      `select pg_stat_get_xact_tuples_hot_updated(oid)::int as hot,
              pg_stat_get_xact_tuples_updated(oid)::int as updated
       from pg_class where relname = 'carts'`,
    )
    await client.end()
    expect(rows).toEqual([{ hot: seconds.length, updated: seconds.length }])
  })
})
