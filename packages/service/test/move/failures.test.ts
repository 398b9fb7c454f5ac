import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { CartError } from '../../src/cart/errors.ts'
import { digestOf } from '../../src/cart/image.ts'
import type { Side } from '../../src/cart/residence.ts'
import { back, finish, planMove, start, verifyMove } from '../../src/run/move/actions.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { Pair } from '../../src/store/moving/pair.ts'
import type { MovableStore, Residences } from '../../src/store/residences.ts'
import { codeOf, line, options, strong } from '../contract/fixtures.ts'
import { actions, fill, now, openDatabases, terms } from './databases.ts'
import { withWrites } from './writes.ts'

const dynamo = useDynamo()
const memoryPair = (): Pair => ({ source: openMemoryStore(), destination: openMemoryStore() })

/** Digests of all carts of one side. */
async function contentOf(pair: Pair, side: Side): Promise<Map<string, string>> {
  const { records } = await pair[side].residences.scan({ limit: 1_000 })
  return new Map(
    records.flatMap(({ cartId, record }) =>
      record.at === 'here' ? [[cartId, digestOf(record.state)] as const] : [],
    ),
  )
}

/** Whoever changes the phase after a killed mover waits for the end of its lease. */
const MORTAL = { times: { renewMs: 10, leaseMs: 60, marginMs: 5 } }

describe('a mover that is killed', () => {
  class Killed extends Error {}

  /** The pair of a process that dies at its `n`th write, before or after the write is made. */
  function dying(pair: Pair, n: number, when: 'before' | 'after') {
    let writes = 0
    const dead = () => writes >= n
    const mortal = withWrites(pair, async (_write, make) => {
      if (dead()) throw new Killed()
      writes += 1
      if (dead() && when === 'before') throw new Killed()
      const result = await make()
      if (dead()) throw new Killed()
      return result
    })
    return { pair: mortal, dead }
  }

  /** `action` by one mover after the other, each of which dies one write later than the last one, until one survives. */
  async function untilSurvived(
    pair: Pair,
    when: 'before' | 'after',
    action: (pair: Pair) => Promise<unknown>,
  ): Promise<number> {
    for (let n = 1; ; n++) {
      const mover = dying(pair, n, when)
      const end = await action(mover.pair).then(
        () => 'done',
        (error) => (error instanceof Killed ? 'killed' : error),
      )
      if (!mover.dead()) {
        expect(end).toBe('done')
        return n
      }
      expect(['done', 'killed']).toContain(end)
    }
  }

  it.each(['before', 'after'] as const)(
    'again and again, %s each write in turn, leaves a move that the next mover completes, and back',
    async (when) => {
      const pair = memoryPair()
      await fill(pair.source, 12)
      const before = await contentOf(pair, 'source')
      expect(before.size).toBe(12)
      const started = await untilSurvived(pair, when, (its) => start(actions(its, MORTAL)))
      expect(started).toBeGreaterThan(5)
      expect(await contentOf(pair, 'destination')).toEqual(before)
      expect(await verifyMove(actions(pair))).toMatchObject({ ok: true, same: 12, unmoved: 0 })
      await untilSurvived(pair, when, (its) => back(actions(its, MORTAL)))
      expect(await contentOf(pair, 'source')).toEqual(before)
      expect((await contentOf(pair, 'destination')).size).toBe(0)
      const cutOff = /`pushcart move finish` completes what was cut off/
      await untilSurvived(pair, when, async (its) => {
        try {
          await start(actions(its, { ...MORTAL, freeze: true }))
        } catch (error) {
          if (!cutOff.test((error as Error).message)) throw error
          await finish(actions(its, MORTAL))
        }
      })
      await untilSurvived(pair, when, (its) => finish(actions(its, MORTAL)))
      expect(await contentOf(pair, 'destination')).toEqual(before)
      expect(await pair.destination.residences.control.read()).toMatchObject({ phase: 'moved' })
    },
  )

  it.each(['before', 'after'] as const)(
    'at any one write, %s it, leaves a move that the next mover completes',
    async (when) => {
      for (let n = 1; ; n++) {
        const pair = memoryPair()
        await fill(pair.source, 3)
        const before = await contentOf(pair, 'source')
        const mover = dying(pair, n, when)
        await start(actions(mover.pair, MORTAL)).catch(() => {})
        if (!mover.dead()) return expect(n).toBeGreaterThan(12)
        await start(actions(pair, MORTAL))
        expect(await contentOf(pair, 'destination')).toEqual(before)
        expect((await finish(actions(pair, MORTAL))).phase).toBe('moved')
      }
    },
  )
})

describe('writes that are executed twice or late', () => {
  it.each(['memory', 'postgres to dynamodb', 'dynamodb to postgres'] as const)(
    'change nothing on %s',
    async (kind) => {
      await using databases = await openDatabases(kind, dynamo)
      const { pair } = databases
      await fill(pair.source, 8)
      const before = await contentOf(pair, 'source')
      const copies: (() => Promise<unknown>)[] = []
      const twice = withWrites(pair, async ({ of }, make) => {
        const result = await make()
        if (of === 'control') return result
        copies.push(make)
        await make()
        return result
      })
      const late = async () => {
        for (const copy of copies.toReversed()) await copy()
        for (const copy of copies) await copy()
      }
      await start(actions(twice, { workers: 1 }))
      expect(copies.length).toBeGreaterThanOrEqual(24)
      await late()
      expect(await contentOf(pair, 'destination')).toEqual(before)
      expect((await contentOf(pair, 'source')).size).toBe(0)
      await back(actions(twice, { workers: 1 }))
      await late()
      expect(await contentOf(pair, 'source')).toEqual(before)
      expect((await contentOf(pair, 'destination')).size).toBe(0)
      await start(actions(twice, { workers: 1 }))
      await late()
      expect(await verifyMove(actions(pair))).toMatchObject({ ok: true, same: 8, sealed: 0 })
    },
  )
})

describe('a destination without capacity', () => {
  it.each(['STORE_BUSY', 'STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)(
    'that answers %s slows the move down and holds up one cart per worker',
    async (code) => {
      await using databases = await openDatabases('memory', dynamo)
      const { pair } = databases
      const one = await databases.instance()
      const cartIds = await fill(one, 40)
      const workers = 2
      let [refusals, most] = [0, 0]
      const waiting: number[] = []
      const served: string[] = []
      const throttled = withWrites(pair, async ({ name, side }, make) => {
        if (name !== 'place' || side !== 'destination' || refusals >= 6) return make()
        refusals += 1
        const { records } = await pair.source.residences.scan({ limit: 100 })
        const sealed = records.filter(({ record }) => record.at === 'sealed')
        most = Math.max(most, sealed.length)
        for (const { cartId, record } of records)
          if (record.at === 'here') served.push(await codeOf(one.getCart(cartId, strong(now()))))
        throw new CartError(code)
      })
      const { counts } = await start(
        actions(throttled, {
          workers,
          progress: ({ failed }) => waiting.push(failed),
        }),
      )
      expect(refusals).toBe(6)
      expect(most).toBeGreaterThan(0)
      expect(most).toBeLessThanOrEqual(workers)
      expect(served.length).toBeGreaterThan(100)
      // Deleted carts are not found.
      expect(new Set(served)).toEqual(new Set(['nothing failed', 'CART_NOT_FOUND']))
      expect(counts).toMatchObject({ failed: 0, tooLarge: [] })
      expect((await contentOf(pair, 'destination')).size).toBe(cartIds.length)
    },
  )

  it('refuses the shopper of a sealed cart with STORE_BUSY, and nobody else', async () => {
    const pair = memoryPair()
    await fill(pair.source, 3)
    await using databases = await openDatabases('memory', dynamo)
    const { pair: shared } = databases
    const [sealedId = '', otherId = ''] = [
      (await fill(shared.source, 3))[2],
      (await fill(shared.source, 4))[3],
    ]
    let isFull = true
    const place: Residences['place'] = async (...args) => {
      if (isFull) throw new CartError('STORE_BUSY')
      return shared.destination.residences.place(...args)
    }
    const destination: MovableStore = {
      ...shared.destination,
      residences: { ...shared.destination.residences, place },
    }
    const one = await databases.instance({ openPair: async () => ({ ...shared, destination }) })
    const stop = new AbortController()
    const sealing = Promise.withResolvers<void>()
    const full = withWrites({ ...shared, destination }, async ({ name, cartId }, make) => {
      const result = await make()
      if (name === 'seal' && cartId === sealedId) sealing.resolve()
      return result
    })
    const moving = start(actions(full, { workers: 20, signal: stop.signal })).catch(() => {})
    await sealing.promise
    const add = (cartId: string, store: CartStore = one) =>
      codeOf(store.addLines(cartId, [line(1)], terms()))
    expect(await add(sealedId)).toBe('STORE_BUSY')
    isFull = false
    expect(await add(sealedId)).toBe('nothing failed')
    expect(await add(otherId)).toBe('nothing failed')
    stop.abort()
    await moving
  })
})

describe('a cart that is too large for DynamoDB', () => {
  it('is named, stays, is served and merged where it is, and moves when it has become smaller', async () => {
    await using databases = await openDatabases('postgres to dynamodb', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    const [small = '', large = ''] = (await fill(one, 4)).slice(2)
    const limits = { ...terms().limits, maxLines: 1_000 }
    const heavy = (i: number) => ({ ...line(`heavy-${i}`), productName: 'n'.repeat(8_000) })
    for (let i = 0; i < 60; i++) await one.addLines(large, [heavy(i)], { ...terms(), limits })
    expect(await planMove(actions(pair))).toMatchObject({ carts: 3, tooLarge: [large] })
    const { counts } = await start(actions(pair))
    expect(counts).toMatchObject({ moved: 3, tooLarge: [large], failed: 0 })
    await one.addLines(large, [line('more')], { ...terms(), limits })
    expect((await one.getCart(large, strong(now()))).lines).toHaveLength(62)
    await expect(finish(actions(pair))).rejects.toThrow(/1 carts have not moved/)
    // Both carts are brought to where the large one can be.
    const merging = { fromCartId: small, strategy: 'sum' } as const
    const merged = await one.mergeCart(large, merging, { ...terms(), limits })
    expect(merged.replayed).toBe(false)
    expect((await pair.source.residences.look(large)).at).toBe('here')
    await one.emptyCart(large, terms())
    expect((await start(actions(pair))).counts).toMatchObject({ tooLarge: [] })
    expect((await finish(actions(pair))).phase).toBe('moved')
    expect((await one.getCart(large, strong(now()))).lines).toEqual([])
  })
})

describe('instances whose clocks are apart', () => {
  it('lose no change and no cart of each other while carts move', async () => {
    await using databases = await openDatabases('postgres to dynamodb', dynamo)
    const { pair } = databases
    const slow = await databases.instance()
    const fast = await databases.instance()
    const [cartId = ''] = (await fill(slow, 3)).slice(2)
    const apart = 40 * 60_000
    const at = (offset: number) => options(now() + offset)
    await fast.addLines(cartId, [line('fast')], at(apart))
    await slow.addLines(cartId, [line('slow')], at(-apart))
    await start(actions(pair, { now: () => now() - apart }))
    await slow.addLines(cartId, [line('slow')], at(-apart))
    const seen = await fast.addLines(cartId, [line('fast')], at(apart))
    expect(seen.version).toBe(6)
    await back(actions(pair, { now: () => now() + apart }))
    const cart = await slow.getCart(cartId, strong(now() - apart))
    expect(cart.lines.filter(({ quantity }) => quantity === 2)).toHaveLength(3)
    expect(cart.version).toBe(6)
  })
})

describe('an instance that is frozen across a change of the phase', () => {
  /** One whose call of the source is held until `wake`, and whose timer stands still meanwhile. */
  async function frozenInstance(kind: 'memory' | 'postgres to dynamodb') {
    const databases = await openDatabases(kind, dynamo)
    const held = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    let isFreezing = false
    let time = 0
    const hold = <T>(call: () => Promise<T>): Promise<T> => {
      if (!isFreezing) return call()
      isFreezing = false
      const result = call()
      asleep.resolve()
      return held.promise.then(() => result)
    }
    const times = { renewMs: 2 ** 30, leaseMs: 300, marginMs: 1 }
    const frozen = await databases.instance({
      times,
      elapsed: () => time,
      around: (store: MovableStore): MovableStore => ({
        ...store,
        getCart: (...args) => hold(() => store.getCart(...args)),
        addLines: (...args) => hold(() => store.addLines(...args)),
      }),
    })
    return {
      databases,
      frozen,
      times,
      freeze: <T>(call: () => Promise<T>) => {
        isFreezing = true
        const result = call()
        result.catch(() => {})
        return asleep.promise.then(() => ({ result }))
      },
      wake() {
        time += 10_000
        held.resolve()
      },
    }
  }

  it.each(['memory', 'postgres to dynamodb'] as const)(
    'makes a read again that it had made in the phase before: %s',
    async (kind) => {
      const { databases, frozen, times, freeze, wake } = await frozenInstance(kind)
      await using _ = databases
      const { pair } = databases
      const [cartId = ''] = (await fill(frozen, 3)).slice(2)
      const { result } = await freeze(() => frozen.getCart(cartId, strong(now())))
      await start(actions(pair, { times: { ...times, renewMs: 40 } }))
      await pair.destination.addLines(cartId, [line('meanwhile')], terms())
      wake()
      expect((await result).version).toBe(3)
      expect(frozen.state().phase).toBe('moving')
    },
  )

  it.each(['memory', 'postgres to dynamodb'] as const)(
    'does not acknowledge a change of which it cannot know what became: %s',
    async (kind) => {
      const { databases, frozen, times, freeze, wake } = await frozenInstance(kind)
      await using _ = databases
      const { pair } = databases
      const [cartId = ''] = (await fill(frozen, 3)).slice(2)
      const add = () => frozen.addLines(cartId, [line('add')], terms('key'))
      const { result } = await freeze(add)
      await start(actions(pair, { times: { ...times, renewMs: 40 } }))
      wake()
      expect(await codeOf(result)).toBe('STORE_UNAVAILABLE')
      // Sent again with its key, it has one effect.
      await add()
      const cart = await frozen.getCart(cartId, strong(now()))
      expect(cart.version).toBe(3)
      expect(cart.lines.find(({ productId }) => productId === 'add')?.quantity).toBe(1)
    },
  )
})
