import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isVisible } from '../../src/cart/cart.ts'
import { newCartId } from '../../src/cart/ids.ts'
import { digestOf } from '../../src/cart/image.ts'
import type { Residence } from '../../src/cart/residence.ts'
import { type CartState, newState } from '../../src/cart/rules.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { MovableStore } from '../../src/store/residences.ts'
import { codeOf, create, keyed, line, options, strong, T0, TTL_SECONDS } from './fixtures.ts'

/** The executable definition of `Residences`: every store writes and refuses exactly what the pure functions do. */
export function describeResidences(name: string, open: () => Promise<MovableStore>): void {
  describe(`residences: ${name}`, () => {
    let store: MovableStore
    beforeAll(async () => {
      store = await open()
    })
    afterAll(async () => {
      await store?.close()
    })

    it('knows nothing of a cart that never was', async () => {
      expect(await store.residences.look(newCartId(T0))).toEqual({ at: 'absent', hop: 0 })
    })

    it('returns everything of a cart, and puts it into another store as it was', async () => {
      const cartId = await everyKindOfContent(store)
      const record = await store.residences.look(cartId)
      if (record.at !== 'here') throw new Error('the cart is not here')
      const copy = openMemoryStore()
      expect(await copy.residences.place(record.state, 1)).toBe(true)
      const copied = await copy.residences.look(cartId)
      expect(copied).toMatchObject({ at: 'here', hop: 1 })
      const other = { ...record.state, cartId: newCartId(T0) }
      expect(await store.residences.place(other, 1)).toBe(true)
      const back = await store.residences.look(other.cartId)
      if (back.at !== 'here') throw new Error('the copy is not here')
      expect(digestOf(back.state)).toBe(digestOf(other))
      expect(await store.getCart(other.cartId, strong())).toEqual({
        ...(await store.getCart(cartId, strong())),
        cartId: other.cartId,
      })
    })

    it.each(['deleted', 'merged', 'ordered', 'empty'] as const)(
      'moves a cart that is %s',
      async (kind) => {
        const cartId = await cartOf(store, kind)
        const record = await store.residences.look(cartId)
        if (record.at !== 'here') throw new Error('the cart is not here')
        const other = { ...record.state, cartId: newCartId(T0) }
        await store.residences.place(other, 3)
        const back = await store.residences.look(other.cartId)
        expect(back).toEqual({ at: 'here', hop: 3, state: other })
        expect(await codeOf(store.addLines(other.cartId, [line(9)], options()))).toBe(
          await codeOf(store.addLines(cartId, [line(9)], options())),
        )
      },
    )

    it('shuts a sealed cart for every change, and keeps it whole', async () => {
      const cartId = await everyKindOfContent(store)
      const seen = await store.residences.look(cartId)
      expect(await store.residences.seal(cartId, seen, 1)).toEqual({
        ...seen,
        at: 'sealed',
        hop: 1,
      })
      expect(await store.residences.look(cartId)).toEqual({ ...seen, at: 'sealed', hop: 1 })
      const calls = [
        () => store.addLines(cartId, [line(1)], options()),
        () => store.addLines(cartId, [line(1)], keyed('k')),
        () => store.setLine(cartId, line(1), options()),
        () => store.removeLine(cartId, 1, options()),
        () => store.emptyCart(cartId, options()),
        () => store.deleteCart(cartId, options()),
        () => store.checkout(cartId, options()),
        () => store.getCart(cartId, strong()),
        () => store.getOwner(cartId, T0),
      ]
      for (const call of calls) expect(AWAY).toContain(await codeOf(call()))
      const from = await create(store)
      expect(
        AWAY.includes(
          await codeOf(store.mergeCart(cartId, { fromCartId: from, strategy: 'sum' }, options())),
        ),
      ).toBe(true)
      expect(await store.residences.look(cartId)).toEqual({ ...seen, at: 'sealed', hop: 1 })
    })

    it('seals only what was read', async () => {
      const cartId = await create(store)
      const seen = await store.residences.look(cartId)
      await store.addLines(cartId, [line(1)], options())
      expect(await store.residences.seal(cartId, seen, 1)).toBeUndefined()
      expect((await store.residences.look(cartId)).at).toBe('here')
    })

    it('lists the sealed carts of a customer, and none of them as a cart', async () => {
      const [sealed, other] = [await create(store, 'sealing'), await create(store, 'sealing')]
      await store.residences.seal(sealed, await store.residences.look(sealed), 1)
      expect(await store.residences.sealedOf('sealing')).toEqual([sealed])
      const { items } = await store.listCarts('sealing', { limit: 10, now: T0 })
      expect(items.map((cart) => cart.cartId)).toEqual([other])
      expect(await store.residences.settle(sealed, 1, TRACE)).toBe(true)
      expect(await store.residences.settle(sealed, 1, TRACE)).toBe(false)
      expect(await store.residences.sealedOf('sealing')).toEqual([])
    })

    it('writes exactly what the pure functions write, in any order', async () => {
      for (let seed = 1; seed <= 25; seed++) await compareWithModel(store, seed)
    })

    it('scans every record once, and says what it is', async () => {
      const here = await create(store)
      const sealed = await create(store)
      await store.residences.seal(sealed, await store.residences.look(sealed), 1)
      const away = stateOfNew()
      await store.residences.claim(away, 2, T0)
      const found = new Map<string, Residence['at']>()
      let after: string | undefined
      do {
        const page = await store.residences.scan({ after, limit: 7 })
        for (const { cartId, record } of page.records) {
          expect(found.has(cartId)).toBe(false)
          found.set(cartId, record.at)
        }
        after = page.next
      } while (after !== undefined)
      expect([here, sealed, away.cartId].map((id) => found.get(id))).toEqual([
        'here',
        'sealed',
        'away',
      ])
    })

    it('keeps the record of a move, and replaces only the one that was read', async () => {
      const { control } = store.residences
      expect(await control.read()).toBeUndefined()
      const record = {
        storeId: 'a',
        role: 'source',
        moveId: 'm',
        peerId: 'b',
        peer: 'memory',
        phase: 'stay',
        epoch: 1,
        frozen: false,
        paused: false,
        progress: null,
      } as const
      expect(await control.write(record, undefined)).toBe(true)
      expect(await control.read()).toEqual(record)
      expect(await control.write({ ...record, epoch: 3, phase: 'ready' }, 2)).toBe(false)
      expect(await control.write({ ...record, epoch: 2, phase: 'ready' }, 1)).toBe(true)
      expect((await control.read())?.phase).toBe('ready')
    })

    it('keeps the leases of instances, and removes only those that were not renewed', async () => {
      const { control } = store.residences
      await control.renew({ id: 'one', renewals: 1, epoch: 1 })
      await control.renew({ id: 'two', renewals: 1, epoch: 1 })
      await control.renew({ id: 'one', renewals: 2, epoch: 2 })
      await control.remove('one', 1)
      expect(sorted(await control.members())).toEqual([
        { id: 'one', renewals: 2, epoch: 2 },
        { id: 'two', renewals: 1, epoch: 1 },
      ])
      await control.remove('one', 2)
      await control.remove('two')
      expect(await control.members()).toEqual([])
    })
  })
}

/** PostgreSQL does not find what is not in its table of carts; the others say why. */
const AWAY = ['STORE_BUSY', 'CART_NOT_FOUND']
const TRACE = { version: 1, digest: 'd', expiresAt: null }

const sorted = <T extends { readonly id: string }>(members: readonly T[]) =>
  members.toSorted((a, b) => (a.id < b.id ? -1 : 1))

function stateOfNew(now = T0): CartState {
  const { currency, expiresAt } = options(now)
  return newState({ cartId: newCartId(now), customerId: 7, currency, now, expiresAt })
}

/** A cart with lines of several times, attributes, keys, and another cart absorbed. */
async function everyKindOfContent(store: MovableStore): Promise<string> {
  const cartId = await create(store, 'anna')
  await store.addLines(cartId, [line('b', 2), line(1, 3, 500)], keyed('k1', T0 + 1))
  const shirt = { ...line('shirt', 1), attributes: { size: 'M', 'gift note': 'für "Anna"\nü' } }
  await store.addLines(cartId, [shirt], keyed('k2', T0 + 2))
  const from = await create(store, 'guest')
  await store.addLines(from, [line(3, 4)], options())
  await store.mergeCart(cartId, { fromCartId: from, strategy: 'sum' }, options(T0 + 3))
  return cartId
}

async function cartOf(
  store: MovableStore,
  kind: 'deleted' | 'merged' | 'ordered' | 'empty',
): Promise<string> {
  const cartId = await create(store, 'bert')
  if (kind === 'empty') return cartId
  await store.addLines(cartId, [line(1, 2)], keyed('k'))
  if (kind === 'deleted') await store.deleteCart(cartId, keyed('d'))
  if (kind === 'ordered') await store.checkout(cartId, keyed('o', T0 + 5))
  if (kind === 'merged') {
    const into = await create(store, 'bert')
    await store.mergeCart(into, { fromCartId: cartId, strategy: 'sum' }, options(T0 + 2))
  }
  return cartId
}

/** Random writes of one cart on the store and on the memory store, which uses the pure functions. */
async function compareWithModel(store: MovableStore, seed: number): Promise<void> {
  const model = openMemoryStore()
  const state = stateOfNew()
  const { cartId } = state
  let random = seed * 7919
  const draw = (n: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((random / 2_147_483_648) * n)
  }
  let now = T0
  for (let i = 0; i < 14; i++) {
    const hop = draw(5)
    const seen = await model.residences.look(cartId)
    const fresh = { ...state, createdAt: now, updatedAt: now, expiresAt: options(now).expiresAt }
    const write = draw(8)
    const outcomes = await Promise.all(
      [store, model].map(async (each) => {
        const { residences } = each
        switch (write) {
          case 0:
            return residences.seal(cartId, seen, hop)
          case 1:
            return residences.place(state, hop)
          case 2:
            return residences.settle(cartId, hop, TRACE)
          case 3:
          case 4:
            return residences.create(fresh, hop, now)
          case 5:
            return residences.claim(fresh, hop, now)
          case 6:
            return residences.release(cartId, hop)
          default:
            return codeOf(each.addLines(cartId, [line(1)], options(now))).then(
              (code) => AWAY.includes(code) || code,
            )
        }
      }),
    )
    expect(outcomes[0], `seed ${seed}, step ${i}, write ${write}`).toEqual(outcomes[1])
    const records = [await store.residences.look(cartId), await model.residences.look(cartId)]
    expect(records[0], `seed ${seed}, step ${i}, write ${write}`).toEqual(records[1])
    if (draw(6) === 0 && isVisible(state, now)) now += (TTL_SECONDS + 1) * 1000
  }
}
