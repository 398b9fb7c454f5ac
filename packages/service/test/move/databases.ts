import type { TestDynamo } from '../../../../test/support/dynamodb.ts'
import { createTestDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { expiryOf } from '../../src/cart/cart.ts'
import { newCartId } from '../../src/cart/ids.ts'
import type { Side } from '../../src/cart/residence.ts'
import type { ActionOptions } from '../../src/run/move/actions.ts'
import type { CartStore, ChangeOptions } from '../../src/store/cart-store.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import type { LeaseTimes } from '../../src/store/moving/lease.ts'
import { bring, type Pair } from '../../src/store/moving/pair.ts'
import {
  openPhasedStore,
  type PhasedOptions,
  type PhasedStore,
} from '../../src/store/moving/phased-store.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import type { MovableStore } from '../../src/store/residences.ts'
import { NO_EVENTS, type StoreEvents } from '../../src/store/store-events.ts'
import { keyed, LIMITS, line, USD } from '../contract/fixtures.ts'

/** Leases that no test outlives, renewed often. */
export const TIMES: LeaseTimes = { renewMs: 20, leaseMs: 60_000, marginMs: 0 }
export const now = () => Date.now()
export const terms = (key?: string): ChangeOptions => ({
  now: now(),
  expiresAt: expiryOf(now(), 3600),
  currency: USD,
  limits: { ...LIMITS, maxLineQuantity: 100_000, maxUnits: 100_000 },
  ...(key !== undefined && { key: keyed(key).key }),
})

/** The two databases of a move. */
export interface Databases extends AsyncDisposable {
  readonly pair: Pair
  readonly postgres: readonly TestDatabase[]
  /** `around` wraps the source as it is without a move. */
  instance(
    options?: Partial<PhasedOptions> & { around?: (store: MovableStore) => MovableStore },
  ): Promise<PhasedStore>
  /** Moves a cart to the destination. */
  bring(cartId: string): Promise<void>
  /** From now on, receives what DynamoDB consumes for the pair. */
  consumed(listener: StoreEvents['consumed']): void
  /** An instance that knows nothing of moves. */
  old(): Promise<MovableStore>
}

export type Kind =
  | 'postgres to dynamodb'
  | 'dynamodb to postgres'
  | 'postgres to documents'
  | 'memory'

export async function openDatabases(kind: Kind, dynamo: TestDynamo): Promise<Databases> {
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(store: T): T => {
    opened.push(store)
    return store
  }
  const databases = [await createTestDatabase(), await createTestDatabase()]
  const table = dynamo.newStore('completed')
  let { consumed } = NO_EVENTS
  const events: StoreEvents = { ...NO_EVENTS, consumed: (units) => consumed(units) }
  const memory = { source: openMemoryStore(), destination: openMemoryStore() }
  const postgres = (moving: boolean, i = 0) =>
    openPostgresStore({
      databaseUrl: databases[i]?.url ?? '',
      migrate: true,
      moving,
      layout: i === 0 ? 'rows' : 'document',
    })
  const open = async (side: Side, moving: boolean): Promise<MovableStore> => {
    if (kind === 'memory') return memory[side]
    if (kind === 'postgres to documents') return postgres(moving, side === 'source' ? 0 : 1)
    const isPostgres = (kind === 'postgres to dynamodb') === (side === 'source')
    return isPostgres ? postgres(moving) : openDynamoStore({ ...table, events })
  }
  const openPair = async (): Promise<Pair> => ({
    source: await open('source', true),
    destination: await open('destination', true),
  })
  const pair = await openPair()
  keep(pair.source)
  keep(pair.destination)
  return {
    pair,
    postgres: databases,
    async instance({ around = (store: MovableStore) => store, ...options } = {}) {
      const plain = around(await open('source', false))
      return keep(await openPhasedStore({ plain, openPair, times: TIMES, ...options }))
    },
    async bring(cartId) {
      await bring(pair, cartId, 'destination')
    },
    consumed(listener) {
      consumed = listener
    },
    old: async () => keep(await open('source', false)),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(opened.map((store) => store.close()))
      for (const database of databases) await database.drop()
    },
  }
}

export const actions = (pair: Pair, more: Partial<ActionOptions> = {}): ActionOptions => ({
  pair,
  workers: 4,
  freeze: false,
  now,
  signal: AbortSignal.timeout(200_000),
  waiting() {},
  progress() {},
  times: TIMES,
  ...more,
})

/** Carts of three customers: every fifth is an order, every seventh is deleted. */
export async function fill(store: CartStore, count: number): Promise<string[]> {
  const cartIds = Array.from({ length: count }, () => newCartId(now()))
  for (const [i, cartId] of cartIds.entries()) {
    const { currency, expiresAt } = terms()
    await store.createCart({ cartId, customerId: (i % 3) + 1, currency, now: now(), expiresAt })
    await store.addLines(cartId, [line(i + 1, 2)], terms(`fill-${i}`))
    if (i % 5 === 0) await store.checkout(cartId, terms())
    else if (i % 7 === 1) await store.deleteCart(cartId, terms())
  }
  return cartIds
}
