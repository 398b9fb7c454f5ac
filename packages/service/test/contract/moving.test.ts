import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { useDatabase } from '../../../../test/support/postgres.ts'
import { otherSide, type Side } from '../../src/cart/residence.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { bring, type Pair, type PairEvents } from '../../src/store/moving/pair.ts'
import { openPhasedStore } from '../../src/store/moving/phased-store.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { MoveRecord, Phase } from '../../src/store/residences.ts'
import { describeCartStore } from './cart-store-contract.ts'
import { codeOf, create, line, options, strong } from './fixtures.ts'

const dynamo = useDynamo()
const database = await useDatabase()

/** A hundred calls of one cart at once may wait for longer than the usual timeouts on a busy machine. */
const PATIENT_MS = 60_000

type Kind = 'memory' | 'postgres to dynamodb' | 'dynamodb to postgres'

async function openPair(kind: Kind): Promise<Pair> {
  if (kind === 'memory') return { source: openMemoryStore(), destination: openMemoryStore() }
  const postgres = await openPostgresStore({
    databaseUrl: database.url,
    migrate: true,
    moving: true,
    statementTimeoutMs: PATIENT_MS,
  })
  const http = { requestTimeoutMs: PATIENT_MS }
  const other = await openDynamoStore({ ...dynamo.newStore('completed'), http })
  await postgres.residences.control.fence()
  return kind === 'postgres to dynamodb'
    ? { source: postgres, destination: other }
    : { source: other, destination: postgres }
}

/** An instance that has read that phase in the source. */
async function openInstance(pair: Pair, phase: Phase, frozen = false): Promise<CartStore> {
  const { control } = pair.source.residences
  const epoch = (await control.read())?.epoch
  const record: MoveRecord = {
    storeId: 'source',
    role: 'source',
    moveId: 'move',
    peerId: 'destination',
    peer: pair.destination.kind,
    phase,
    epoch: (epoch ?? 0) + 1,
    frozen,
    paused: false,
    progress: null,
  }
  if (!(await control.write(record, epoch))) throw new Error('the phase was not written')
  const { control: other } = pair.destination.residences
  const copy = { ...record, role: 'destination', storeId: 'destination' } as const
  if (!(await other.write(copy, (await other.read())?.epoch)))
    throw new Error('the copy was not written')
  // No renewals, so that the instance keeps this phase.
  const times = { renewMs: 2 ** 30, leaseMs: 2 ** 30, marginMs: 0 }
  const plain = { ...pair.source, async close() {} }
  const open = async () => ({ source: plain, destination: { ...pair.destination, close() {} } })
  return openPhasedStore({ plain, openPair: open as () => Promise<Pair>, times })
}

/** Calls `before` with the name and arguments of each call, lists excepted, and then makes the call. */
function preceded(store: CartStore, before: (name: string, args: unknown[]) => Promise<void>) {
  const methods = Object.entries(store).map(([name, value]) => {
    if (typeof value !== 'function' || name.startsWith('list')) return [name, value]
    return [
      name,
      async (...args: unknown[]) => {
        await before(name, args)
        return value(...args)
      },
    ]
  })
  return Object.fromEntries(methods) as unknown as CartStore
}

/**
 * Moves carts before every second call, in alternating directions. A cart that is being moved is left to that mover, so that
 * many concurrent calls of one cart do not wait for as many moves.
 */
function restless(store: CartStore, pair: Pair, to: Side, events?: PairEvents): CartStore {
  let calls = 0
  const moving = new Set<string>()
  return preceded(store, async (_name, [cartId]) => {
    calls += 1
    if (typeof cartId !== 'string' || calls % 2 === 1 || moving.has(cartId)) return
    moving.add(cartId)
    // Other calls must get a turn: in memory, they and the mover could otherwise meet at every step.
    await setImmediate()
    const goal = calls % 3 === 0 ? otherSide(to) : to
    await bring(pair, cartId, goal, { events }).finally(() => moving.delete(cartId))
  })
}

const CHANGES: ReadonlySet<string> = new Set([
  'createCart',
  'addLines',
  'setLine',
  'removeLine',
  'setAttributes',
  'reprice',
  'emptyCart',
  'deleteCart',
  'mergeCart',
  'checkout',
])

/**
 * Reads of a frozen instance, and changes of one that is not: each is made only after the frozen instance has refused it.
 */
function frozen(cold: CartStore, warm: CartStore): CartStore {
  const changes = Object.entries(warm).filter(
    ([name]) => CHANGES.has(name) || name === 'activeCart',
  )
  return preceded({ ...cold, ...Object.fromEntries(changes) }, async (name, args) => {
    if (!CHANGES.has(name)) return
    const call = cold[name as keyof CartStore] as (...args: unknown[]) => Promise<unknown>
    expect(await codeOf(call(...args))).toBe('STORE_BUSY')
  })
}

type Situation = 'ready' | 'moving' | 'frozen' | 'returning' | 'moved'

async function openSituation(kind: Kind, situation: Situation): Promise<CartStore> {
  const pair = await openPair(kind)
  const store = await storeIn(pair, situation)
  return {
    ...store,
    async close() {
      await store.close()
      await Promise.all([pair.source.close(), pair.destination.close()])
    },
  }
}

async function storeIn(pair: Pair, situation: Situation): Promise<CartStore> {
  if (situation === 'moved') return openInstance(pair, 'moved')
  if (situation !== 'frozen') {
    const to = situation === 'moving' ? 'destination' : 'source'
    return restless(await openInstance(pair, situation), pair, to)
  }
  const warm = await openInstance(pair, 'moving')
  return restless(frozen(await openInstance(pair, 'moving', true), warm), pair, 'destination')
}

/** Every phase in memory, and the busiest on real databases; `PAIRS=all` runs every phase on each pair. */
const SITUATIONS: readonly Situation[] = ['ready', 'moving', 'frozen', 'returning', 'moved']
const RUN: Readonly<Record<Kind, readonly Situation[]>> = {
  memory: SITUATIONS,
  'postgres to dynamodb': ['moving'],
  'dynamodb to postgres': [],
}

for (const kind of ['memory', 'postgres to dynamodb', 'dynamodb to postgres'] as const)
  for (const situation of process.env.PAIRS === 'all' ? SITUATIONS : RUN[kind])
    describeCartStore(`${situation}, ${kind}`, () => openSituation(kind, situation))

describe('the stirring of the tests above', () => {
  it.each<Side>(['source', 'destination'])(
    'moves carts to and fro on the way to the %s',
    async (to) => {
      const pair = await openPair('memory')
      const arrivals: Side[] = []
      const events = { arrived: (at: Side) => arrivals.push(at) }
      const instance = await openInstance(pair, to === 'source' ? 'returning' : 'moving')
      const store = restless(instance, pair, to, events)
      const cartId = await create(store)
      for (let i = 0; i < 12; i++) await store.addLines(cartId, [line(1)], options())
      expect(new Set(arrivals)).toEqual(new Set(['source', 'destination']))
      expect((await store.getCart(cartId, strong())).version).toBe(13)
      await store.close()
    },
  )
})

describe('a cart that has moved', () => {
  it.each([
    ['memory', []],
    ['postgres to dynamodb', ['source']],
    ['dynamodb to postgres', []],
  ] as const)('is found from %s after looks at %j, and then without', async (kind, expected) => {
    const pair = await openPair(kind)
    const looks: Side[] = []
    const counting = (side: Side): Pair[Side] => {
      const { residences } = pair[side]
      const look = (cartId: string) => {
        looks.push(side)
        return residences.look(cartId)
      }
      return { ...pair[side], residences: { ...residences, look } }
    }
    const counted = { source: counting('source'), destination: counting('destination') }
    const store = await openInstance(counted, 'moving')
    const cartId = await create(pair.source)
    await bring(pair, cartId, 'destination')
    expect((await store.getCart(cartId, strong())).version).toBe(1)
    expect(looks).toEqual(expected)
    await store.addLines(cartId, [line(1)], options())
    expect(looks).toEqual(expected)
    await store.close()
    await Promise.all([pair.source.close(), pair.destination.close()])
  })
})

/** A mover on its way back may come by between two steps of a call. */
describe('a cart that is away during a call and back after it', () => {
  /** The pair, of which the first `times` calls of that name miss the cart. */
  function evading(pair: Pair, name: 'addLines' | 'mergeCart', times: number): Pair {
    let calls = 0
    const evadingSide = (side: Side): Pair[Side] => ({
      ...pair[side],
      [name]: async (cartId: string, ...args: unknown[]) => {
        const call = pair[side][name] as (...args: unknown[]) => Promise<unknown>
        if (calls++ >= times) return call(cartId, ...args)
        await bring(pair, cartId, otherSide(side))
        try {
          return await call(cartId, ...args)
        } finally {
          await bring(pair, cartId, side)
        }
      },
    })
    return { source: evadingSide('source'), destination: evadingSide('destination') }
  }

  it.each([1, 2, 3])('is not missing for an add, also %i times', async (times) => {
    const pair = await openPair('memory')
    const store = await openInstance(evading(pair, 'addLines', times), 'moving')
    const cartId = await create(pair.source)
    expect((await store.addLines(cartId, [line(1)], options())).version).toBe(2)
    await store.close()
  })

  it.each([1, 2, 3])('is not missing for a merge, also %i times', async (times) => {
    const pair = await openPair('memory')
    const store = await openInstance(evading(pair, 'mergeCart', times), 'moving')
    const [cartId, fromCartId] = [await create(pair.source), await create(pair.source)]
    await pair.source.addLines(fromCartId, [line(1)], options())
    const merged = await store.mergeCart(cartId, { fromCartId, strategy: 'sum' }, options())
    expect(merged).toEqual({ version: 2, replayed: false })
    await store.close()
  })
})
