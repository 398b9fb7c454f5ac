import { describe, expect, it } from 'vitest'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openDatabaseClock } from '../../src/store/database-clock.ts'
import { codeOf, create, line, newCustomer, options, strong } from './fixtures.ts'

const DAY = 86_400_000

/** The time of an instance whose machine's clock is wrong by `shift`, as the service takes it. */
async function instance(store: CartStore, shift: number): Promise<() => number> {
  const clock = openDatabaseClock(() => store.ping(), {
    machine: () => Date.now() + shift,
    elapsed: () => performance.now(),
  })
  await clock.sync()
  return clock.now
}

/** Instances with wrong clocks on one database. Without a database (memory) there is only one clock. */
export function describeClocks(get: () => CartStore): void {
  const hasClock = async () => (await get().ping()) !== undefined

  describe.each([8 * DAY, -8 * DAY])('an instance whose clock is wrong by %i ms', (shift) => {
    it('sees, changes and orders the carts of the others, and they see its carts', async () => {
      if (!(await hasClock())) return
      const [right, wrong] = [await instance(get(), 0), await instance(get(), shift)]
      const customer = newCustomer()
      const theirs = await create(get(), customer, right())
      expect((await get().addLines(theirs, [line(1)], options(wrong()))).version).toBe(2)
      expect((await get().getCart(theirs, strong(wrong()))).version).toBe(2)
      expect(await get().getOwner(theirs, wrong())).toBe(customer)
      const own = await create(get(), customer, wrong())
      await get().addLines(own, [line(1)], options(right()))
      const { items } = await get().listCarts(customer, { limit: 5, now: right() })
      expect(items.map((cart) => cart.cartId).sort()).toEqual([own, theirs].sort())
      await get().checkout(theirs, options(wrong()))
      const order = await get().getOrder(theirs)
      expect(Math.abs(order.orderedAt - right())).toBeLessThan(DAY)
    })

    it('neither shortens nor stretches the life of a cart', async () => {
      if (!(await hasClock())) return
      const [right, wrong] = [await instance(get(), 0), await instance(get(), shift)]
      const cartId = await create(get(), 7, right())
      const before = (await get().getCart(cartId, strong(right()))).expiresAt ?? 0
      await get().addLines(cartId, [line(1)], options(wrong()))
      const after = (await get().getCart(cartId, strong(right()))).expiresAt ?? 0
      expect(after).toBeGreaterThanOrEqual(before)
      expect(after - before).toBeLessThan(DAY)
    })

    it('removes no live cart with its sweep', async () => {
      if (!(await hasClock())) return
      const [right, wrong] = [await instance(get(), 0), await instance(get(), shift)]
      const cartId = await create(get(), 7, right())
      while ((await get().sweepExpired(wrong(), 100)) > 0);
      expect(await codeOf(get().getCart(cartId, strong(right())))).toBe('nothing failed')
    })
  })
}
