import { PushcartClient } from '@pushcart/client'
import { describe, expect, it } from 'vitest'
import { useDatabase } from '../support/postgres.ts'
import { runCli, startService } from './cli.ts'

const database = await useDatabase()

describe('pushcart convert', () => {
  it.each([
    [['--to', 'columns'], {}, "argument 'columns' is invalid. Allowed choices are rows, document."],
    [[], {}, "required option '--to <layout>' not specified"],
    [['--to', 'rows'], { CART_STORE_TYPE: 'memory' }, 'only carts on PostgreSQL have a layout'],
    [['--to', 'rows'], {}, 'DATABASE_URL is not set'],
  ] as const)('%j with %j exits with 3 in one line', async (args, settings, words) => {
    const { code, err } = await runCli(['convert', ...args], settings)
    expect(err).toContain(words)
    expect(code).toBe(3)
  })

  it('converts the carts of a stopped service, which the old layout then refuses to serve', async () => {
    const settings = { DATABASE_URL: database.url }
    const service = await startService(['--migrate'], settings)
    const client = new PushcartClient({ baseUrl: service.url })
    const { shopping_cart_id: id } = await client.createCart(7)
    await client.addItem(id, 1, 2)
    const refused = await runCli(['convert', '--to', 'document'], settings)
    expect(refused).toMatchObject({ code: 3, out: '' })
    expect(refused.err).toMatch(/^pushcart: the database is in use by [^\n]+\n$/)
    await service.stop()

    const converted = await runCli(['convert', '--to', 'document'], settings)
    expect(converted).toMatchObject({ code: 0, err: '' })
    expect(converted.out).toMatch(/^converted 1 carts with 1 lines from "rows" to "document"/)
    const other = await runCli(['serve'], { ...settings, PORT: '0' })
    expect(other.code).toBe(3)
    expect(other.err).toMatch(
      /^pushcart: POSTGRES_LAYOUT=rows, but the database has carts in [^\n]+\n$/,
    )
    const lines = await database.query('select product_id, quantity::int from cart_lines')
    expect(lines).toEqual([{ product_id: '1', quantity: 2 }])
  }, 60_000)
})
