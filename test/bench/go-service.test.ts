import { expect, it, onTestFinished } from 'vitest'
import { cartId } from '../../bench/carts.ts'
import { missingGo, startGoService } from '../../bench/support/go-service.ts'
import { seed, totals } from '../../bench/support/seed.ts'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import { useFolder } from '../support/folder.ts'
import { createTestDatabase } from '../support/postgres.ts'

const scratch = useFolder()

it.runIf(missingGo() === undefined)(
  'the service in Go reads, adds and creates on the tables of the rows layout',
  { timeout: 300_000 },
  async () => {
    const database = await createTestDatabase()
    onTestFinished(database.drop)
    const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
    onTestFinished(() => store.close())
    await seed(database.url, [{ first: 1, count: 2, lines: 2 }])
    const { signal } = new AbortController()
    const service = await startGoService({ scratch, signal }, database.url)
    onTestFinished(service.stop)

    const path = `/shopping-carts/${cartId(1)}`
    const post = (to: string, body: object) =>
      fetch(service.url + to, { method: 'POST', body: JSON.stringify(body) })
    const added = await post(`${path}/items`, { product_id: 2, quantity: 3 })
    expect([added.status, added.headers.get('etag')]).toEqual([204, '"4"'])
    const created = await post('/shopping-carts', { customer_id: 7 })
    expect(created.status).toBe(201)
    const { shopping_cart_id: id } = (await created.json()) as { shopping_cart_id: string }
    expect(await totals(database.url)).toEqual({ carts: 3, changes: 5, units: 7, quantities: 7 })

    const read = (await (await fetch(service.url + path)).json()) as object
    const ours = await store.getCart(cartId(1), { now: Date.now(), consistency: 'strong' })
    expect(read).toMatchObject({
      shopping_cart_id: cartId(1),
      customer_id: ours.customerId,
      version: ours.version,
      items: ours.lines.map((line) => ({
        product_id: line.productId,
        product_name: line.productName,
        product_price: line.unitPrice / 100,
        quantity: line.quantity,
        updated_at: new Date(line.updatedAt).toISOString(),
      })),
      item_count: 5,
      expires_at: new Date(ours.expiresAt ?? 0).toISOString(),
    })
    const empty = await fetch(`${service.url}/shopping-carts/${id}`)
    expect(await empty.json()).toMatchObject({ customer_id: 7, items: [], total_amount: 0 })
    expect((await fetch(`${service.url}/shopping-carts/${cartId(9)}`)).status).toBe(404)
  },
)
