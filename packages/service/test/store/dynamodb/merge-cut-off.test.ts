import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import type { MergeStrategy } from '../../../src/cart/merge.ts'
import type { CartStore, ChangeOptions } from '../../../src/store/cart-store.ts'
import { CHANGES } from '../../contract/changes.ts'
import { codeOf, create, keyed, line, options, strong, T0 } from '../../contract/fixtures.ts'
import { type GatedStore, killedAt, open, openGatedStore } from './gated-store.ts'

const dynamo = useDynamo()
let store: CartStore
let dying: GatedStore
let tableName: string
let client: DynamoDBClient
beforeAll(async () => {
  tableName = dynamo.newTableName()
  store = (await openGatedStore(dynamo, tableName)).store
  dying = await openGatedStore(dynamo, tableName)
  client = new DynamoDBClient(dynamo.clientConfig())
})
afterAll(async () => {
  await Promise.all([store?.close(), dying?.store.close()])
  client?.destroy()
})

/** The requests of an undisturbed merge. */
const STEPS = ['read S', 'read T', 'freeze S', 'commit T', 'clear S']
const COMMITTED = STEPS.indexOf('commit T') + 1

const cuts = STEPS.flatMap((step, i) =>
  (['before', 'after'] as const).map((when) => ({ step, when, n: i + 1 })),
)
const LEFT: Record<MergeStrategy, number> = { sum: 5, max: 3, keep: 2 }
const strategies = Object.keys(LEFT) as MergeStrategy[]

/** A target with 2 units of product 1 and 5 of product 2; a source with 3 units of product 1 and 4 of product 3. */
async function pair(): Promise<[string, string]> {
  const [target, source] = [await create(store, 'anna'), await create(store, 'guest')]
  await store.addLines(target, [line(1, 2), line(2, 5)], options())
  await store.addLines(source, [line(1, 3), line(3, 4)], options())
  return [target, source]
}

type Cut = (typeof cuts)[number]

/** Starts the merge with a caller that is killed at that point. */
async function cutOff(
  [target, source]: [string, string],
  { n, when }: Pick<Cut, 'n' | 'when'>,
  { strategy = 'sum', change = options() }: { strategy?: MergeStrategy; change?: ChangeOptions },
): Promise<void> {
  const killer = killedAt(n, when)
  dying.gate(killer.gate)
  const answer = await codeOf(
    dying.store.mergeCart(target, { fromCartId: source, strategy }, change),
  )
  dying.gate(open)
  expect(killer.isDead()).toBe(true)
  // Only clearing may fail without an error for the caller.
  expect(answer).toBe(n > COMMITTED ? 'nothing failed' : 'INTERNAL_ERROR')
}

async function itemOf(cartId: string) {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { cart_id: { S: cartId } } }),
  )
  return Item ?? {}
}

const contents = async (cartId: string) =>
  (await store.getCart(cartId, strong())).lines.map((each) => [each.productId, each.quantity])

const isCommitted = ({ n, when }: Cut) => n > COMMITTED || (n === COMMITTED && when === 'after')

describe('an undisturbed merge', () => {
  it('makes these requests', async () => {
    const [target, source] = await pair()
    const seen: string[] = []
    dying.gate((operation, send) => {
      seen.push(operation)
      return send()
    })
    await dying.store.mergeCart(target, { fromCartId: source, strategy: 'sum' }, options())
    dying.gate(open)
    expect(seen).toEqual(['GetItem', 'GetItem', 'UpdateItem', 'UpdateItem', 'UpdateItem'])
  })
})

describe.each(cuts)('a merge interrupted $when it can $step', (cut) => {
  const cases = strategies.flatMap((strategy) =>
    (['no key', 'the same key', 'another key'] as const).map((by) => ({ strategy, by })),
  )
  it.each(cases)(
    'is completed by a retry with $by, strategy $strategy',
    async ({ strategy, by }) => {
      const carts = await pair()
      const [target, source] = carts
      const first = by === 'no key' ? options() : keyed('first')
      await cutOff(carts, cut, { strategy, change: first })
      const change = by === 'another key' ? keyed('second') : first
      const retry = () => store.mergeCart(target, { fromCartId: source, strategy }, change)
      const answer = { version: 3, replayed: isCommitted(cut) }
      expect(await retry()).toEqual(answer)
      expect(await retry()).toEqual({ version: 3, replayed: true })
      expect(await contents(target)).toEqual([
        [1, LEFT[strategy]],
        [2, 5],
        [3, 4],
      ])
      expect(await store.getCart(source, strong())).toMatchObject({
        status: 'merged',
        version: 3,
        lines: [],
      })
      // The source's item has no remains of the merge either.
      expect(await itemOf(source)).toMatchObject({ qty: { M: {} }, units: { N: '0' } })
      expect(await itemOf(source)).not.toHaveProperty('merge_term')
    },
  )

  it('shows both carts in their state before or after the merge', async () => {
    const carts = await pair()
    const [, source] = carts
    const before = await store.getCart(source, strong())
    await cutOff(carts, cut, {})
    const [into, from] = await Promise.all(carts.map((id) => store.getCart(id, strong())))
    // The table has one copy, so an eventual read must show the same.
    expect(await store.getCart(source, { now: T0, consistency: 'eventual' })).toEqual(from)
    const { items } = await store.listCarts('guest', { limit: 100, now: T0 })
    const listed = items.find(({ cartId }) => cartId === source)
    if (isCommitted(cut)) {
      expect(into?.lines).toHaveLength(3)
      expect(from).toMatchObject({ status: 'merged', version: 3, lines: [] })
      expect(listed).toBeUndefined()
    } else {
      expect(into?.lines).toHaveLength(2)
      expect(from).toEqual(before)
      expect(listed).toEqual(before)
    }
  })

  it.each(Object.entries(CHANGES))(
    'allows a change of the source (%s), or has merged it for good',
    async (_what, change) => {
      const carts = await pair()
      const [target, source] = carts
      await cutOff(carts, cut, {})
      const answer = await change(store, source, options()).catch((error) => error.code)
      expect(answer).toEqual(isCommitted(cut) ? 'CART_NOT_ACTIVE' : { version: 3, replayed: false })
      // A merge now moves the current lines of the source.
      const now = isCommitted(cut)
        ? undefined
        : await store.getCart(source, strong()).catch(() => undefined)
      const merge = { fromCartId: source, strategy: 'sum' } as const
      const code = await codeOf(store.mergeCart(target, merge, options()))
      const isOpen = isCommitted(cut) || now?.status === 'active'
      expect(code === 'nothing failed').toBe(isOpen)
      const units = (await contents(target)).reduce(
        (sum, [, quantity]) => sum + Number(quantity),
        0,
      )
      const brought = now?.lines.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0
      expect(units).toBe(7 + (isCommitted(cut) ? 7 : isOpen ? brought : 0))
      expect(await itemOf(source)).not.toHaveProperty('merge_term')
    },
  )

  it('allows merging the source into another cart, unless it was merged', async () => {
    const carts = await pair()
    const [, source] = carts
    await cutOff(carts, cut, {})
    const other = await create(store)
    const merge = { fromCartId: source, strategy: 'sum' } as const
    const code = await codeOf(store.mergeCart(other, merge, options()))
    expect(code).toBe(isCommitted(cut) ? 'CART_NOT_ACTIVE' : 'nothing failed')
    expect(await contents(other)).toHaveLength(isCommitted(cut) ? 0 : 2)
  })

  it.each(['add', 'checkout', 'delete'] as const)(
    'and followed by a change of the target (%s) restores the source, or has merged it before the change',
    async (what) => {
      const carts = await pair()
      const [target, source] = carts
      await cutOff(carts, cut, {})
      if (what === 'add') await store.addLines(target, [line(9)], options())
      if (what === 'checkout') await store.checkout(target, options())
      if (what === 'delete') await store.deleteCart(target, options())
      const merge = { fromCartId: source, strategy: 'sum' } as const
      const code = await codeOf(store.mergeCart(target, merge, options()))
      const refusal = { add: 'none', checkout: 'CART_NOT_ACTIVE', delete: 'CART_NOT_FOUND' }[what]
      if (what === 'add') {
        expect(code).toBe('nothing failed')
        expect(await contents(target)).toHaveLength(4)
      } else if (isCommitted(cut)) {
        expect(code).toBe(what === 'delete' ? refusal : 'nothing failed')
        expect(await store.getCart(source, strong())).toMatchObject({ status: 'merged', lines: [] })
      } else {
        expect(code).toBe(refusal)
        expect(await contents(source)).toEqual([
          [1, 3],
          [3, 4],
        ])
        expect(await codeOf(store.addLines(source, [line(1)], options()))).toBe('nothing failed')
      }
    },
  )

  it('and refused when retried with smaller limits restores the source', async () => {
    const carts = await pair()
    const [target, source] = carts
    await cutOff(carts, cut, {})
    const merge = { fromCartId: source, strategy: 'sum' } as const
    const code = await codeOf(store.mergeCart(target, merge, options(T0, { maxUnits: 13 })))
    expect(code).toBe(isCommitted(cut) ? 'nothing failed' : 'CART_UNITS_LIMIT')
    if (!isCommitted(cut)) {
      expect((await store.getCart(source, strong())).status).toBe('active')
      expect(await store.mergeCart(target, merge, options())).toEqual({
        version: 3,
        replayed: false,
      })
    }
    expect(await contents(target)).toEqual([
      [1, 5],
      [2, 5],
      [3, 4],
    ])
  })
})

describe('a replay', () => {
  it('does not change a frozen source that was not merged', async () => {
    const [target, source] = await pair()
    const other = await create(store)
    const merge = { fromCartId: other, strategy: 'sum' } as const
    await store.mergeCart(target, merge, keyed('k'))
    await cutOff([target, source], { n: 3, when: 'after' }, {})
    // The same key and fingerprint for another source: callers do not do this, but it must not lose anything.
    const again = store.mergeCart(target, { ...merge, fromCartId: source }, keyed('k'))
    expect(await again).toEqual({ version: 3, replayed: true })
    await store.mergeCart(target, { ...merge, fromCartId: source }, options())
    expect(await contents(target)).toHaveLength(3)
  })
})

describe('a source that expires during an interrupted merge', () => {
  it('is gone at its original expiry and is not merged afterwards', async () => {
    const carts = await pair()
    const [target, source] = carts
    // The freeze would have extended its expiry.
    const frozenAt = T0 + 5000
    await cutOff(carts, { n: 3, when: 'after' }, { change: options(frozenAt) })
    const { expiresAt } = await store.getCart(source, strong(frozenAt))
    const gone = Number(expiresAt)
    expect(gone).toBe(options(T0).expiresAt)
    expect(await codeOf(store.getCart(source, strong(gone)))).toBe('CART_NOT_FOUND')
    expect(await codeOf(store.addLines(source, [line(1)], options(gone)))).toBe('CART_NOT_FOUND')
    await store.addLines(target, [line(9)], options(gone - 1))
    const merge = { fromCartId: source, strategy: 'sum' } as const
    expect(await codeOf(store.mergeCart(target, merge, options(gone)))).toBe('CART_NOT_FOUND')
  })

  it('has no owner then and can be created again', async () => {
    const carts = await pair()
    const [, source] = carts
    await cutOff(carts, { n: 3, when: 'after' }, { change: options(T0 + 5000) })
    const gone = options(T0).expiresAt
    expect(await store.getOwner(source, gone - 1)).toBe('guest')
    expect(await codeOf(store.getOwner(source, gone))).toBe('CART_NOT_FOUND')
    const again = {
      ...options(gone),
      cartId: source,
      customerId: 'guest',
      expiresAt: gone + 1000,
    }
    expect(await store.createCart(again)).toEqual({ version: 1, replayed: false })
    expect((await store.getCart(source, strong(gone))).lines).toEqual([])
  })

  it('keeps its expiry when the lifetime of carts has been shortened since', async () => {
    const carts = await pair()
    const [, source] = carts
    const soon = { ...options(T0), expiresAt: T0 + 1000 }
    await cutOff(carts, { n: 3, when: 'after' }, { change: soon })
    const again = {
      ...options(T0 + 2000),
      cartId: source,
      customerId: 'guest',
      expiresAt: T0 + 9000,
    }
    expect(await store.createCart(again)).toEqual({ version: 1, replayed: true })
    expect((await store.getCart(source, strong(T0 + 2000))).lines).toHaveLength(2)
  })
})

describe('an interrupted thaw', () => {
  const refusedWithin = options(T0, { maxUnits: 13 })
  /** read S, read T, fence T, thaw S. */
  it.each([3, 4].flatMap((n) => (['before', 'after'] as const).map((when) => ({ n, when }))))(
    '$when request $n is made up for by a retry, whichever way that one goes',
    async ({ n, when }) => {
      for (const again of ['refused', 'made'] as const) {
        const carts = await pair()
        const [target, source] = carts
        await cutOff(carts, { n: 3, when: 'after' }, {})
        await cutOff(carts, { n, when }, { change: refusedWithin })
        const merge = { fromCartId: source, strategy: 'sum' } as const
        const change = again === 'made' ? options() : refusedWithin
        const code = await codeOf(store.mergeCart(target, merge, change))
        expect(code).toBe(again === 'made' ? 'nothing failed' : 'CART_UNITS_LIMIT')
        const both = [...(await contents(target)), ...(await contents(source))]
        expect(both.reduce((sum, [, quantity]) => sum + Number(quantity), 0)).toBe(14)
        const { status } = await store.getCart(source, strong())
        expect(status).toBe(again === 'made' ? 'merged' : 'active')
      }
    },
  )
})

describe('two opposite merges that are interrupted after freezing their sources', () => {
  it('have changed neither cart, and one of them can be repeated', async () => {
    const [a, b] = await pair()
    // Each merge has read both carts as active before the other freezes.
    const other = await openGatedStore(dynamo, tableName)
    const mayFreeze = Promise.withResolvers<void>()
    const hasRead = Promise.withResolvers<void>()
    const killer = killedAt(3, 'after', async (operation, send) => {
      if (operation !== 'UpdateItem') return send()
      hasRead.resolve()
      await mayFreeze.promise
      return send()
    })
    other.gate(killer.gate)
    const second = codeOf(other.store.mergeCart(b, { fromCartId: a, strategy: 'sum' }, options()))
    await hasRead.promise
    await cutOff([a, b], { n: 3, when: 'after' }, {})
    mayFreeze.resolve()
    expect(await second).toBe('INTERNAL_ERROR')
    other.gate(open)
    const statuses = () =>
      Promise.all([a, b].map(async (id) => (await store.getCart(id, strong())).status))
    expect(await statuses()).toEqual(['active', 'active'])
    const again = (into: string, fromCartId: string) =>
      codeOf(store.mergeCart(into, { fromCartId, strategy: 'sum' }, options()))
    expect(await again(a, b)).toBe('nothing failed')
    expect(await statuses()).toEqual(['active', 'merged'])
    expect(await again(b, a)).toBe('CART_NOT_ACTIVE')
    expect((await contents(a)).map(([, quantity]) => quantity).sort()).toEqual([4, 5, 5])
    await other.store.close()
  })
})
