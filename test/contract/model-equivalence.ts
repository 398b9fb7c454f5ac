import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { line, newCustomer, options, T0, TTL_SECONDS } from './fixtures.ts'

/** One random call; carts and customers are small indices so that calls meet. */
type Command =
  | { readonly do: 'create'; readonly customer: number }
  | { readonly do: 'add'; readonly cart: number; readonly lines: readonly [number, number][] }
  | { readonly do: 'get' | 'checkout' | 'order'; readonly cart: number }
  | { readonly do: 'carts' | 'orders'; readonly customer: number; readonly limit: number }
  | { readonly do: 'wait'; readonly seconds: number }

const small = fc.integer({ min: 0, max: 3 })
const lines = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 })),
  {
    minLength: 1,
    maxLength: 4,
    selector: ([product]) => product,
  },
)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), customer: small }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('add' as const), cart: small, lines }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('get' as const, 'checkout' as const, 'order' as const),
      cart: small,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('carts' as const, 'orders' as const),
      customer: small,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.integer({ min: 1, max: TTL_SECONDS }),
    }),
  },
)

/** Drives random calls against the memory store and the real one, and compares every answer. */
export function describeModelEquivalence(get: () => CartStore): void {
  it('gives the same answers as the memory store to any sequence of calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
        const model = openMemoryStore()
        const customers = [0, 1, 2, 3].map(newCustomer)
        const carts: string[] = []
        let now = T0
        for (const each of commands) {
          if (each.do === 'wait') now += each.seconds * 1000
          if (each.do === 'create') carts.push(newCartId(now))
          const run = (store: CartStore) => answer(store, each, { carts, customers, now })
          expect(await run(get()), JSON.stringify(each)).toEqual(await run(model))
        }
      }),
      { numRuns: 40, seed: 20_260_102 },
    )
  })
}

interface World {
  readonly carts: readonly string[]
  readonly customers: readonly (string | number)[]
  readonly now: number
}

const limits = { maxLineQuantity: 12, maxLines: 4, maxUnits: 25 }

async function answer(store: CartStore, command: Command, world: World): Promise<unknown> {
  const { carts, now } = world
  try {
    switch (command.do) {
      case 'wait':
        return undefined
      case 'create': {
        const customerId = world.customers[command.customer] ?? ''
        const { expiresAt } = options(now)
        return await store.createCart({ cartId: carts.at(-1) ?? '', customerId, now, expiresAt })
      }
      case 'add': {
        const added = command.lines.map(([product, quantity]) =>
          line(product, quantity, product * 100 + (now % 97)),
        )
        return await store.addLines(pick(carts, command.cart), added, options(now, limits))
      }
      case 'get':
        return await store.getCart(pick(carts, command.cart), { now, consistency: 'strong' })
      case 'checkout':
        return await store.checkout(pick(carts, command.cart), options(now, limits))
      case 'order':
        return await store.getOrder(pick(carts, command.cart))
      case 'carts':
        return await pages((cursor) =>
          store.listCarts(world.customers[command.customer] ?? '', {
            limit: command.limit,
            cursor,
            now,
          }),
        )
      case 'orders':
        return await pages((cursor) =>
          store.listOrders(world.customers[command.customer] ?? '', {
            limit: command.limit,
            cursor,
          }),
        )
    }
  } catch (error) {
    if (error instanceof CartError) return { code: error.code, message: error.message }
    throw error
  }
}

/** Recently made carts are the likeliest; an index without a cart asks for one that never was. */
function pick(carts: readonly string[], index: number): string {
  return carts.at(-1 - index) ?? '01890a5d-ac96-774b-bcce-b302099a8057'
}

async function pages(
  next: (cursor?: string) => Promise<{ cursor: string | null }>,
): Promise<unknown[]> {
  const all = []
  let cursor: string | undefined
  do {
    const page = await next(cursor)
    all.push(page)
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined && all.length < 50)
  return all
}
