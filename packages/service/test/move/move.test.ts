import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { digestOf } from '../../src/cart/image.ts'
import { back, finish, planMove, start, verifyMove } from '../../src/run/move/actions.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { bring, type Pair } from '../../src/store/moving/pair.ts'
import type { PhasedStore } from '../../src/store/moving/phased-store.ts'
import type { MovableStore, Residences } from '../../src/store/residences.ts'
import { codeOf, line, strong } from '../contract/fixtures.ts'
import { actions, fill, type Kind, now, openDatabases, terms } from './databases.ts'

const dynamo = useDynamo()

/** Shoppers who add one unit after the other, each with a key, and repeat every add that did not get through. */
function shop(stores: readonly CartStore[], cartIds: readonly string[], signal: AbortSignal) {
  let stopped = false
  signal.addEventListener('abort', () => {
    stopped = true
  })
  const made = new Map<string, number[]>()
  const shopper = async (cartId: string, n: number) => {
    for (let i = 0; !stopped; i++) {
      const key = `${cartId}-${n}-${i}`
      for (let tries = 0; tries < 50; tries++) {
        const store = stores[(i + tries) % stores.length] as CartStore
        try {
          const { version } = await store.addLines(cartId, [line('shopped', 1)], terms(key))
          made.set(cartId, [...(made.get(cartId) ?? []), version])
          break
        } catch (error) {
          if (!RETRIED.includes(String((error as { code?: unknown }).code))) throw error
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const running = cartIds.flatMap((cartId) => [shopper(cartId, 0), shopper(cartId, 1)])
  return async () => {
    stopped = true
    await Promise.all(running)
    return made
  }
}

const RETRIED = ['STORE_BUSY', 'STORE_UNAVAILABLE', 'STORE_TIMEOUT']

async function requireShopping(
  store: CartStore,
  made: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  for (const [cartId, versions] of made) {
    const cart = await store.getCart(cartId, strong(now()))
    const shopped = cart.lines.find(({ productId }) => productId === 'shopped')
    expect(shopped?.quantity).toBe(versions.length)
    expect(cart.version).toBe(2 + versions.length)
    expect(new Set(versions).size).toBe(versions.length)
  }
}

describe.each<Kind>(['postgres to dynamodb', 'dynamodb to postgres', 'postgres to documents'])(
  'a move from %s',
  (kind) => {
    it('moves every cart while shoppers use them, and back, and finishes', {
      timeout: 480_000,
    }, async () => {
      await using databases = await openDatabases(kind, dynamo)
      const { pair } = databases
      const instances = [await databases.instance(), await databases.instance()]
      const [one, two] = instances as [PhasedStore, PhasedStore]
      const cartIds = await fill(one, 30)
      const active = cartIds.filter((_, i) => i % 5 !== 0 && i % 7 !== 1).slice(0, 4)
      expect(await planMove(actions(pair))).toMatchObject({ carts: 30, moved: 0, tooLarge: [] })
      using ending = new DisposableStack()
      const over = new AbortController()
      ending.defer(() => over.abort())
      const stop = shop(instances, active, over.signal)

      const moved = await start(actions(pair))
      expect(moved).toMatchObject({ phase: 'moving', counts: { failed: 0, tooLarge: [] } })
      expect([one.state().phase, two.state().phase]).toEqual(['moving', 'moving'])
      expect([one.kind, pair.source.kind]).toEqual([pair.destination.kind, pair.source.kind])
      // An instance may have completed the move of a cart that the mover had sealed.
      expect(moved.counts.moved).toBeGreaterThan(20)
      const verified = await verifyMove(actions(pair))
      expect(verified).toMatchObject({ ok: true, unmoved: 0, sealed: 0 })
      expect(verified.same + verified.changed).toBe(30)

      const returned = await back(actions(pair))
      expect(returned.phase).toBe('stay')
      expect([one.state().phase, two.state().phase]).toEqual(['stay', 'stay'])

      await start(actions(pair))
      const made = await stop()
      await requireShopping(two, made)
      expect((await finish(actions(pair))).phase).toBe('moved')
      await requireShopping(pair.destination, made)
      for (const i of [0, 1, 2]) {
        const { items } = await one.listOrders(i + 1, { limit: 50 })
        expect(items.map((order) => order.cartId).sort()).toEqual(
          cartIds.filter((_, n) => n % 5 === 0 && n % 3 === i).sort(),
        )
      }
    })

    it('lets an instance without the settings do no damage', async () => {
      await using databases = await openDatabases(kind, dynamo)
      const { pair } = databases
      const old = await databases.old()
      const [cartId = '', other = ''] = await fill(old, 3).then((ids) => ids.slice(2))
      await start(actions(pair))
      for (const call of [
        () => old.addLines(cartId, [line(1)], terms()),
        () => old.getCart(cartId, strong(now())),
        () => old.checkout(cartId, terms()),
        () => old.deleteCart(cartId, terms()),
      ])
        expect(['STORE_BUSY', 'STORE_MISCONFIGURED']).toContain(await codeOf(call()))
      expect(other).toBe('')
      expect((await pair.destination.getCart(cartId, strong(now()))).version).toBe(2)
    })
  },
)

describe('a move', () => {
  it('refuses changes while it is frozen, and says for how long', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    const [cartId = ''] = (await fill(one, 9)).slice(2)
    let refused = ''
    const result = await start(
      actions(pair, {
        freeze: true,
        progress() {
          void codeOf(one.addLines(cartId, [line(1)], terms())).then((code) => {
            refused ||= code
          })
        },
      }),
    )
    expect(result).toMatchObject({ phase: 'moved' })
    expect(result.frozenSeconds).toBeGreaterThanOrEqual(0)
    expect(refused).toBe('STORE_BUSY')
    await one.addLines(cartId, [line(1)], terms())
  })

  it('lets changes through again when a frozen move is interrupted or fails', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    const [cartId = ''] = (await fill(one, 30)).slice(2)
    const stop = new AbortController()
    const progress = () => stop.abort(new Error('interrupted'))
    const freezing = { freeze: true, signal: stop.signal, progress }
    await expect(start(actions(pair, freezing))).rejects.toThrow('interrupted')
    expect(one.state()).toMatchObject({ phase: 'moving', record: { frozen: false } })
    await one.addLines(cartId, [line(1)], terms())
    expect((await start(actions(pair, { freeze: true }))).phase).toBe('moved')
  })

  it('lets changes through at once when it is interrupted while a cart hangs', async () => {
    const source = openMemoryStore()
    const destination = openMemoryStore()
    const { residences } = destination
    await fill(source, 1)
    const [reached, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const hanging = {
      ...destination,
      residences: {
        ...residences,
        async place(...args: Parameters<typeof residences.place>) {
          reached.resolve()
          await release.promise
          return residences.place(...args)
        },
      },
    }
    const stop = new AbortController()
    const pair = { source, destination: hanging }
    const freezing = start(actions(pair, { freeze: true, signal: stop.signal })).catch(() => {})
    await reached.promise
    const { control } = source.residences
    expect(await control.read()).toMatchObject({ frozen: true })
    stop.abort(new Error('interrupted'))
    while ((await control.read())?.frozen !== false) await new Promise(setImmediate)
    release.resolve()
    await freezing
  })

  it('is not frozen if a cart cannot move', async () => {
    const source = openMemoryStore()
    const { residences } = openMemoryStore()
    const destination = { ...openMemoryStore(), residences: { ...residences, maxSize: 500 } }
    const [cartId = ''] = await fill(source, 1)
    const pair = { source, destination }
    await expect(start(actions(pair, { freeze: true }))).rejects.toThrow(
      `1 carts are too large for the destination (first: ${cartId})`,
    )
    expect(await source.residences.control.read()).toBeUndefined()
  })

  it('is complete in its counts although carts that were counted before have expired', async () => {
    const pair = { source: openMemoryStore(), destination: openMemoryStore() }
    await fill(pair.source, 4)
    await start(actions(pair))
    const { control } = pair.source.residences
    const record = await control.read()
    if (record?.progress == null) throw new Error('no counts are recorded')
    await control.write({ ...record, progress: { ...record.progress, total: 1000 } }, record.epoch)
    await start(actions(pair))
    expect((await control.read())?.progress).toMatchObject({ moved: 4, total: 4 })
  })

  it('does not finish while anything is unmoved', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    await fill(one, 4)
    await start(actions(pair))
    await fill(pair.source, 1)
    await expect(finish(actions(pair))).rejects.toThrow(/1 carts have not moved/)
  })
})

/** Every point between two steps, for a caller that moves a cart there and back. */
describe('a caller that is killed', () => {
  class Killed extends Error {}
  const WRITES = ['seal', 'place', 'settle'] as const

  /** The pair, of which the `n`th write is the last: it is made or not, and no response comes. */
  function dying(pair: Pair, n: number, when: 'before' | 'after'): Pair {
    let writes = 0
    const dyingStore = (store: MovableStore): MovableStore => {
      const residences: Record<string, unknown> = { ...store.residences }
      for (const name of WRITES) {
        const write = store.residences[name] as (...args: unknown[]) => Promise<unknown>
        residences[name] = async (...args: unknown[]) => {
          writes += 1
          if (writes === n && when === 'before') throw new Killed()
          const result = await write(...args)
          if (writes === n) throw new Killed()
          return result
        }
      }
      return { ...store, residences: residences as unknown as Residences }
    }
    return { source: dyingStore(pair.source), destination: dyingStore(pair.destination) }
  }

  it.each(
    [1, 2, 3].flatMap((n) => (['before', 'after'] as const).map((when) => [when, n] as const)),
  )('%s write %i leaves a cart that the next caller completes', async (when, n) => {
    const pair: Pair = { source: openMemoryStore(), destination: openMemoryStore() }
    const [cartId = ''] = (await fill(pair.source, 3)).slice(2)
    const before = await pair.source.residences.look(cartId)
    if (before.at !== 'here') throw new Error('not here')
    for (const to of ['destination', 'source'] as const) {
      await expect(bring(dying(pair, n, when), cartId, to)).rejects.toThrow(Killed)
      const place = await bring(pair, cartId, undefined)
      const home = place.at === 'nowhere' ? undefined : place.records[place.at]
      expect(home?.at === 'here' && digestOf(home.state)).toBe(digestOf(before.state))
      await bring(pair, cartId, to)
      const arrived = await pair[to].residences.look(cartId)
      expect(arrived.at === 'here' && digestOf(arrived.state)).toBe(digestOf(before.state))
    }
  })
})
