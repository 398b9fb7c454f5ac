import { describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { openPool } from '../../../src/store/postgres/connection.ts'
import type { Statement } from '../../../src/store/postgres/database.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import {
  GET_CARTS,
  GET_ORDER,
  GET_OWNERS,
  LIST_CARTS,
  LIST_ORDERS,
  SWEEP_EXPIRED,
} from '../../../src/store/postgres/statements.ts'

const NOBODY = `'anna', 1, '00000000-0000-0000-0000-000000000000'`
const PLANNED: readonly (readonly [Statement, string])[] = [
  [GET_CARTS, `('{}')`],
  [GET_OWNERS, `('{}')`],
  [GET_ORDER, `('00000000-0000-0000-0000-000000000000')`],
  [LIST_CARTS, `(${NOBODY}, 1, 20)`],
  [LIST_ORDERS, `(${NOBODY}, 20)`],
  [SWEEP_EXPIRED, '(1, 100)'],
]

const database = await useDatabase()
await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()

describe('plans', () => {
  it.each(PLANNED.map(([{ name, text }, values]) => [name, text, values]))(
    'of %s use indexes while the tables are new and empty',
    async (name, text, values) => {
      const { pool } = openPool({ databaseUrl: database.url, poolSize: 1 })
      await pool.query(`prepare ${name} as ${text}`)
      const { rows } = await pool.query(`explain execute ${name} ${values}`)
      await pool.end()
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/Index (Only )?Scan/)
      expect(plan).toContain('$1')
      expect(plan).not.toMatch(/Seq Scan|Hash|Merge/)
    },
  )
})
