import { expect, it } from 'vitest'
import { useDatabase } from '../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { describeCartStore } from './cart-store-contract.ts'

const database = await useDatabase()

describeCartStore('postgres, document layout', () =>
  openPostgresStore({ databaseUrl: database.url, layout: 'document', migrate: true }),
)

it('units, line counts, keys, expiry and arrays of all carts are consistent afterwards', async () => {
  const [all] = await database.query(`select count(*)::int as carts from carts`)
  expect(all?.carts).toBeGreaterThan(100)
  const wrong = await database.query(
    `select cart_id, status, version, units, line_count, line_keys, line_numbers, expires_at, expires_hour
     from carts as cart
     where units <> (select coalesce(sum(quantity), 0) from cart_lines where cart_id = cart.cart_id)
        or line_count <> (select count(distinct product_id) from cart_lines where cart_id = cart.cart_id)
        or (line_count = 0) <> (line_keys is null)
        or line_count <> coalesce(cardinality(line_names), 0)
        or line_count * 4 <> coalesce(cardinality(line_numbers), 0)
        or array_lower(line_keys, 1) <> 1 or array_lower(line_numbers, 1) <> 1
        or array_position(line_numbers, null) is not null
        or version < (select max(version) from cart_keys where cart_id = cart.cart_id)
        or status in ('merged', 'deleted') and line_count > 0
        or (status = 'merged') <> (merged_into is not null)
        or expires_hour <> expires_at / 3600000`,
  )
  expect(wrong).toEqual([])
})
