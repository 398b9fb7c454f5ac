import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { openPool } from '../../../src/store/postgres/connection.ts'
import type { Statement } from '../../../src/store/postgres/database.ts'
import { layoutOf } from '../../../src/store/postgres/layouts.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import {
  GET_OWNERS,
  READ_DOCUMENTS,
  SWEEP_EXPIRED,
} from '../../../src/store/postgres/statements.ts'

const NOBODY = `'anna', 1, '00000000-0000-0000-0000-000000000000'`
const NO_CART = '00000000-0000-0000-0000-000000000000'

function planned(layout: 'rows' | 'document'): readonly (readonly [Statement, string])[] {
  const { getJoined, joinSingleAdds, reads } = layoutOf(layout)
  const { getCarts, getOrder, listCarts, listCartsOfStatus, listOrders } = reads
  return [
    [getJoined, `('{}')`],
    [joinSingleAdds, `(1, ${"'{}', ".repeat(11)}1, 1, 1)`],
    [getCarts, `('{}')`],
    [getOrder, `('${NO_CART}')`],
    [listCarts, `(${NOBODY}, 1, 20)`],
    [listCartsOfStatus, `(${NOBODY}, 1, 20, 'active')`],
    [listOrders, `(${NOBODY}, 20)`],
    [GET_OWNERS, `('{}')`],
    [SWEEP_EXPIRED, '(1, 100)'],
    ...(layout === 'document' ? ([[READ_DOCUMENTS, `('{}', 1, true, true)`]] as const) : []),
  ]
}

describe.each(['rows', 'document'] as const)('plans in the layout %s', (layout) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
    await (await openPostgresStore({ databaseUrl: database.url, layout, migrate: true })).close()
  })
  afterAll(() => database.drop())

  it.each(planned(layout).map(([{ name, text }, values]) => [name, text, values]))(
    'of %s use indexes while the tables are new and empty',
    async (name, text, values) => {
      const { pool } = openPool({ databaseUrl: database.url, poolSize: 1 })
      await pool.query(`prepare ${name} as ${text}`)
      const { rows } = await pool.query(`explain execute ${name} ${values}`)
      await pool.end()
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index (Only )?Scan/)
      expect(plan).toContain('$1')
      expect(plan).not.toMatch(/Seq Scan|Hash|Merge Join/)
    },
  )
})
