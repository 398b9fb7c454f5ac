import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { newCartId } from '../../src/cart/ids.ts'
import { back, finish, pause, resume, start, verifyMove } from '../../src/run/move/actions.ts'
import { changeRecord } from '../../src/run/move/phases.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { leaseOf } from '../../src/store/moving/lease.ts'
import { bring, type Pair } from '../../src/store/moving/pair.ts'
import { openPhasedStore } from '../../src/store/moving/phased-store.ts'
import type { Residences } from '../../src/store/residences.ts'
import { line, strong } from '../contract/fixtures.ts'
import { actions, fill, now, openDatabases, TIMES, terms } from './databases.ts'

const dynamo = useDynamo()

/** The pair as one mover has it, with other records of the source. */
function withSource(pair: Pair, change: (residences: Residences) => Partial<Residences>): Pair {
  const { residences } = pair.source
  return {
    ...pair,
    source: { ...pair.source, residences: { ...residences, ...change(residences) } },
  }
}

async function requireCarts(store: CartStore, cartIds: readonly string[]): Promise<void> {
  for (const cartId of cartIds)
    expect((await store.getCart(cartId, strong(now()))).cartId).toBe(cartId)
}

/** Carts that are neither orders nor deleted. */
const activeOf = (cartIds: readonly string[]) => cartIds.filter((_, i) => i % 5 && i % 7 !== 1)

describe('a mover that is late', () => {
  it('moves nothing after the carts have returned, though it waited for its moment', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const cartIds = activeOf(await fill(await databases.instance(), 20))
    const begun = Promise.withResolvers<void>()
    const progress = ({ moved }: { moved: number }) => moved > 0 && begun.resolve()
    const started = start(actions(pair, { carts: 2, progress }))
    const refused = expect(started).rejects.toThrow(/The phase is (returning|stay) now/)
    await begun.promise
    expect((await back(actions(pair))).phase).toBe('stay')
    await refused
    await requireCarts(pair.source, cartIds)
  })

  it('brings back a cart that it sealed after it had lost its lease', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const times = leaseOf(500)
    const cartIds = activeOf(await fill(await databases.instance(), 20))
    const frozen = Promise.withResolvers<void>()
    const woken = Promise.withResolvers<void>()
    let isFrozen = false
    const asleep = async () => {
      if (isFrozen) await woken.promise
    }
    const late = withSource(pair, ({ seal, control }) => ({
      async seal(...args) {
        isFrozen ||= args[0] === cartIds[0]
        if (isFrozen) frozen.resolve()
        await asleep()
        return seal(...args)
      },
      control: {
        ...control,
        async renew(member) {
          await asleep()
          return control.renew(member)
        },
      },
    }))
    const started = start(actions(late, { workers: 1, times }))
    const refused = expect(started).rejects.toThrow(/The phase is (returning|stay) now/)
    await frozen.promise
    expect((await back(actions(pair, { times }))).phase).toBe('stay')
    isFrozen = false
    woken.resolve()
    await refused
    await requireCarts(pair.source, cartIds)
  })

  it('does not begin with a cart after `pause` has reported that it is paused', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    await fill(await databases.instance(), 40)
    const begun = Promise.withResolvers<void>()
    let isPaused = false
    let wrong = 0
    const watched = withSource(pair, ({ seal }) => ({
      seal(...args) {
        if (isPaused) wrong += 1
        begun.resolve()
        return seal(...args)
      },
    }))
    const started = start(actions(watched, { carts: 40 }))
    await begun.promise
    await pause(actions(pair))
    isPaused = true
    // Several carts would have had their moment.
    await sleep(300)
    isPaused = false
    await resume(actions(pair))
    await started
    expect(wrong).toBe(0)
    expect(await verifyMove(actions(pair))).toMatchObject({ ok: true, unmoved: 0 })
  })
})

describe('`back`', () => {
  it('brings back what was moved after the end of the move', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const cartIds = activeOf(await fill(await databases.instance(), 9))
    const [lost = ''] = cartIds
    await start(actions(pair))
    await back(actions(pair))
    await bring(pair, lost, 'destination')
    await expect(pair.source.getCart(lost, strong(now()))).rejects.toThrow()
    expect(await back(actions(pair))).toMatchObject({ phase: 'stay', counts: { moved: 1 } })
    await requireCarts(pair.source, cartIds)
  })

  it('takes along what others have created in the destination', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    const cartIds = activeOf(await fill(one, 9))
    await start(actions(pair))
    const cartId = newCartId(now())
    const { currency, expiresAt } = terms()
    await pair.destination.createCart({
      cartId,
      customerId: 9,
      currency,
      now: now(),
      expiresAt,
    })
    await pair.destination.addLines(cartId, [line(1, 3)], terms())
    expect((await back(actions(pair))).phase).toBe('stay')
    await requireCarts(one, [...cartIds, cartId])
  })
})

describe('`resume`', () => {
  it('lets changes through that a killed --freeze has left refused', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const one = await databases.instance()
    const [cartId = ''] = activeOf(await fill(one, 9))
    await start(actions(pair))
    await changeRecord({ pair, times: TIMES }, () => ({ frozen: true }))
    await expect(one.addLines(cartId, [line(1)], terms())).rejects.toThrow()
    await resume(actions(pair))
    await one.addLines(cartId, [line(1)], terms())
  })
})

describe('after a move has been finished', () => {
  it('an instance that is to take part in a move in the other direction serves as before', async () => {
    await using databases = await openDatabases('memory', dynamo)
    const { pair } = databases
    const cartIds = activeOf(await fill(await databases.instance(), 9))
    await start(actions(pair))
    await finish(actions(pair))
    const reverse: Pair = { source: pair.destination, destination: pair.source }
    await using closing = new AsyncDisposableStack()
    const turned = await openPhasedStore({
      plain: reverse.source,
      openPair: async () => reverse,
      times: TIMES,
    })
    closing.defer(() => turned.close())
    expect(turned.state().phase).toBe('stay')
    await requireCarts(turned, cartIds)
    await start(actions(reverse))
    expect(turned.state().phase).toBe('moving')
    await requireCarts(turned, cartIds)
  })

  it('and one in the other direction, PostgreSQL serves without the settings of a move', {
    timeout: 240_000,
  }, async () => {
    await using databases = await openDatabases('postgres to dynamodb', dynamo)
    const { pair } = databases
    const cartIds = activeOf(await fill(pair.source, 9))
    await start(actions(pair))
    await finish(actions(pair))
    const reverse: Pair = { source: pair.destination, destination: pair.source }
    await start(actions(reverse))
    await finish(actions(reverse))
    await requireCarts(await databases.old(), cartIds)
  })
})
