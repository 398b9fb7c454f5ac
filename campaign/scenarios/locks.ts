import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { request } from 'undici'
import { disturb } from '../disturb.ts'
import type { Scenario } from '../scenario.ts'
import { openServices } from '../services.ts'

const LOCKED = 3

/** Somebody else's transaction locks carts that are in use: only their callers wait. */
export const locks: Scenario = {
  name: 'lock-carts',
  about: `another session locks ${LOCKED} carts in use for 1 to 6 s`,
  stores: ['postgres'],
  async run(conditions) {
    const { random } = conditions
    await using services = await openServices(conditions)
    const { database, instances } = services
    const [instance] = instances
    let delayed = 0
    async function strike(): Promise<void> {
      const client = new pg.Client({ connectionString: database.settings.DATABASE_URL })
      await client.connect()
      try {
        await client.query('begin')
        await client.query(
          `select from carts where status = 'active' and customer_id not in ('locks', 'campaign-probe') order by updated_at desc limit ${LOCKED} for update`,
        )
        const until = performance.now() + random.integer(1000, 6000)
        while (performance.now() < until) {
          if (!(await changesNewCart(instance.url))) delayed += 1
          await sleep(100)
        }
      } finally {
        await client.end()
      }
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, strike }],
      recoverWithinMs: 20_000,
    })
    const check = {
      criterion: 'other carts are changed meanwhile',
      measured: `failures: ${delayed}`,
      passed: found.times === 0 ? null : delayed === 0,
    }
    return [{ ...found, checks: [...found.checks, check] }]
  },
}

async function changesNewCart(url: string): Promise<boolean> {
  const cart = await post(`${url}/shopping-carts`, { customer_id: 'locks' })
  if (cart.status !== 201) return false
  const { shopping_cart_id: id } = cart.body as { shopping_cart_id: string }
  return (
    (await post(`${url}/shopping-carts/${id}/items`, { product_id: 1, quantity: 1 })).status === 204
  )
}

async function post(url: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.body.text()
  return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) }
}
