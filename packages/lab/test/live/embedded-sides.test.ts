import { afterAll, beforeAll, expect, it } from 'vitest'
import { startEmbeddedSides } from '../../src/live/sides/embedded.ts'
import type { LiveSide } from '../../src/live/sides/side.ts'

const WAIT = { timeout: 50_000 }
const stack = new AsyncDisposableStack()
let sides: LiveSide[]

beforeAll(async () => {
  const started = process.hrtime.bigint()
  sides = await startEmbeddedSides({
    seed: 1,
    now: () => Number(process.hrtime.bigint() - started),
  })
  for (const side of sides) stack.use(side)
}, 120_000)
afterAll(() => stack.disposeAsync(), 60_000)

async function createCart(url: string): Promise<string> {
  const response = await fetch(`${url}/shopping-carts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"customer_id": 7}',
  })
  const { shopping_cart_id } = (await response.json()) as { shopping_cart_id: string }
  return shopping_cart_id
}

const read = async (url: string, cart: string) =>
  (await fetch(`${url}/shopping-carts/${cart}`)).status

it('shows statements of clicks, while requests of shoppers pass no proxy', async () => {
  for (const { own, url, clickUrl } of sides) {
    const cart = await createCart(url())
    const ofShopper = own?.log.open()
    expect(await read(url(), cart)).toBe(200)
    expect(ofShopper?.(cart)).toEqual([])
    const ofClick = own?.log.open()
    expect(await read(clickUrl(), cart)).toBe(200)
    // The response passes the proxy before it reaches the service.
    expect(ofClick?.(cart)).not.toEqual([])
  }
})

it.each(['latency', 'lost_updates'])(
  'takes shoppers to the instance of the clicks for %s',
  async (fault) => {
    for (const { own, url, clickUrl } of sides) {
      const [before, spare] = [url(), own?.sparePid()]
      await own?.turn(fault, true)
      expect(url()).toBe(clickUrl())
      expect(await read(url(), await createCart(url()))).toBe(200)
      expect(own?.sparePid()).not.toBe(spare)
      await own?.turn(fault, false)
      expect([url(), own?.sparePid()]).toEqual([before, spare])
    }
  },
)

it('starts a database again that another hand has killed', { timeout: 120_000 }, async () => {
  for (const { own, url } of sides) {
    const cart = await createCart(url())
    const pid = own?.databasePid() ?? 0
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => own?.databasePid(), WAIT).not.toBe(pid)
    await expect.poll(() => own?.isUp(), WAIT).toBe(true)
    await expect.poll(() => read(url(), cart), WAIT).toBe(200)
  }
})

it('kills a database without taking shoppers elsewhere', async () => {
  for (const { own, url } of sides) {
    const before = url()
    const killed = own?.turn('kill_database', true)
    expect([url(), own?.on()]).toEqual([before, ['kill_database']])
    await killed
    expect(own?.on()).toEqual([])
  }
})
