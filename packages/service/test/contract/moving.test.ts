import { describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../test/support/dynamodb.ts'
import { useDatabase } from '../../../../test/support/postgres.ts'
import type { Side } from '../../src/cart/residence.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { openMovingStore } from '../../src/store/moving/moving-store.ts'
import { bring, type Pair, type PairEvents } from '../../src/store/moving/pair.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { describeCartStore } from './cart-store-contract.ts'
import { create, line, options, strong } from './fixtures.ts'

const dynamo = useDynamo()
const database = await useDatabase()

/** Moves carts of the calls that are made, some before and some after the call, in alternating directions. */
function restless(store: CartStore, pair: Pair, to: Side, events?: PairEvents): CartStore {
  let calls = 0
  const towards = (): Side => (calls % 3 === 0 ? 'source' : to)
  const stir = async (cartId: unknown) => {
    calls += 1
    if (typeof cartId === 'string' && calls % 2 === 0)
      await bring(pair, cartId, towards(), { events })
  }
  const methods = Object.entries(store).map(([name, value]) => {
    if (typeof value !== 'function' || name.startsWith('list')) return [name, value]
    return [
      name,
      async (first: unknown, ...rest: unknown[]) => {
        await stir(first)
        return value(first, ...rest)
      },
    ]
  })
  return Object.fromEntries(methods) as unknown as CartStore
}

async function openPair(
  kind: 'memory' | 'postgres to dynamodb' | 'dynamodb to postgres',
): Promise<Pair> {
  if (kind === 'memory') return { source: openMemoryStore(), destination: openMemoryStore() }
  const postgres = await openPostgresStore({
    databaseUrl: database.url,
    migrate: true,
    moving: true,
  })
  const other = await openDynamoStore(dynamo.newStore('completed'))
  await postgres.residences.control.fence()
  return kind === 'postgres to dynamodb'
    ? { source: postgres, destination: other }
    : { source: other, destination: postgres }
}

/** Each pair of databases in one phase, which takes long enough; `PAIRS=all` runs both phases of both. */
const PHASES: Readonly<Record<Parameters<typeof openPair>[0], readonly Side[]>> = {
  memory: ['destination', 'source'],
  'postgres to dynamodb': ['destination'],
  'dynamodb to postgres': ['source'],
}
const BOTH: readonly Side[] = ['destination', 'source']

for (const kind of ['memory', 'postgres to dynamodb', 'dynamodb to postgres'] as const)
  for (const to of process.env.PAIRS === 'all' ? BOTH : PHASES[kind]) {
    const phase = to === 'destination' ? 'moving' : 'returning'
    describeCartStore(`${phase}, ${kind}`, async () => {
      const pair = await openPair(kind)
      const store = restless(openMovingStore({ pair, to, secret: 'move' }), pair, to)
      return {
        ...store,
        async close() {
          await Promise.all([pair.source.close(), pair.destination.close()])
        },
      }
    })
  }

describe('the stirring of the tests above', () => {
  it('moves carts in both directions', async () => {
    const pair = await openPair('memory')
    const arrivals: Side[] = []
    const events = { arrived: (at: Side) => arrivals.push(at) }
    const store = restless(
      openMovingStore({ pair, to: 'destination', secret: 'move' }),
      pair,
      'destination',
      events,
    )
    const cartId = await create(store)
    for (let i = 0; i < 12; i++) await store.addLines(cartId, [line(1)], options())
    expect(new Set(arrivals)).toEqual(new Set(['source', 'destination']))
    expect((await store.getCart(cartId, strong())).version).toBe(13)
  })
})
