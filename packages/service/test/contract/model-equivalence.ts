import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { newCartId } from '../../src/cart/ids.ts'
import { type LineIdentity, lineIdentity } from '../../src/cart/line-key.ts'
import type { MergeStrategy } from '../../src/cart/merge.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { keyed, line, newCustomer, options, T0, TTL_SECONDS } from './fixtures.ts'

/** One random call. Carts, customers and keys are small indices, so that calls affect each other. */
type Command =
  | { readonly do: 'create'; readonly customer: number }
  | { readonly do: 'recreate'; readonly cart: number; readonly customer: number }
  | ({ readonly do: 'add'; readonly lines: readonly [number, number][] } & Change)
  | ({ readonly do: 'set' | 'lower'; readonly line: number; readonly quantity: number } & Change)
  | ({ readonly do: 'remove' | 'remove line'; readonly line: number } & Change)
  | ({ readonly do: 'relabel'; readonly line: number; readonly size: number } & Change)
  | ({ readonly do: 'reprice'; readonly price: number } & Change)
  | ({ readonly do: 'empty' | 'delete' | 'checkout' } & Change)
  | ({ readonly do: 'expect'; readonly total: number } & Change)
  | ({ readonly do: 'merge'; readonly from: number; readonly strategy: MergeStrategy } & Change)
  | { readonly do: 'get' | 'order'; readonly cart: number }
  | { readonly do: 'active'; readonly customer: number }
  | {
      readonly do: 'carts' | 'active carts' | 'ordered carts' | 'orders'
      readonly customer: number
      readonly limit: number
    }
  | { readonly do: 'wait'; readonly seconds: number }

interface Change {
  readonly cart: number
  readonly key: number | undefined
  readonly ifVersion: readonly number[] | undefined
  /** Whether the limits have been lowered. */
  readonly tight: boolean
}

const small = fc.integer({ min: 0, max: 3 })
/** A product from 1 to 3, without a size or in one of two. */
const oneLine = fc.integer({ min: 0, max: 8 })
const quantity = fc.integer({ min: 1, max: 9 })
const lines = fc.uniqueArray(fc.tuple(oneLine, quantity), {
  minLength: 1,
  maxLength: 4,
  selector: ([each]) => each,
})
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { nil: undefined, freq: 3 })
const change = {
  cart: small,
  key: sometimes(small),
  ifVersion: sometimes(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 })),
  tight: fc.boolean(),
}
const is = <const T extends string>(...names: T[]) => fc.constantFrom<T>(...names)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: is('create'), customer: small }) },
  { weight: 2, arbitrary: fc.record({ do: is('active'), customer: small }) },
  { weight: 1, arbitrary: fc.record({ do: is('recreate'), cart: small, customer: small }) },
  { weight: 8, arbitrary: fc.record({ do: is('add'), lines, ...change }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: is('set', 'lower'), line: oneLine, quantity, ...change }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('remove', 'remove line'), line: oneLine, ...change }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('relabel'),
      line: oneLine,
      size: fc.integer({ min: 0, max: 2 }),
      ...change,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('reprice'),
      price: fc.integer({ min: 100, max: 103 }),
      ...change,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: is('empty', 'delete', 'checkout'), ...change }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: is('expect'), total: fc.constantFrom(1.01, 4.04, 9), ...change }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('merge'),
      from: small,
      strategy: is('sum', 'max', 'keep'),
      ...change,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: is('get', 'order'), cart: small }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('carts', 'active carts', 'ordered carts', 'orders'),
      customer: small,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is('wait'), seconds: fc.integer({ min: 1, max: TTL_SECONDS }) }),
  },
)

/** Makes random calls to the memory store and the real store and compares all results. */
export function describeModelEquivalence(get: () => CartStore): void {
  it('returns the same results as the memory store for any sequence of calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 50 }), async (commands) => {
        const model = openMemoryStore()
        const customers = [0, 1, 2, 3].map(newCustomer)
        const carts: string[] = []
        const missing = newCartId(T0)
        let now = T0
        for (const each of commands) {
          if (each.do === 'wait') now += each.seconds * 1000
          if (each.do === 'create') carts.push(newCartId(now))
          const run = (store: CartStore) => answer(store, each, { carts, missing, customers, now })
          expect(await run(get()), JSON.stringify(each)).toEqual(await run(model))
        }
      }),
      { numRuns: 60, seed: 20_260_102 },
    )
  })
}

interface World {
  readonly carts: readonly string[]
  readonly missing: string
  readonly customers: readonly (string | number)[]
  readonly now: number
}

const LIMITS = { maxLineQuantity: 12, maxLines: 4, maxUnits: 25 }
const LOWERED = { maxLineQuantity: 4, maxLines: 2, maxUnits: 8 }
const SIZES = [undefined, { size: 'M' }, { size: 'L', note: 'For "Anna"' }]

async function answer(store: CartStore, command: Command, world: World): Promise<unknown> {
  try {
    return await perform(store, command, world)
  } catch (error) {
    if (error instanceof CartError)
      return { code: error.code, message: error.message, ...error.details }
    throw error
  }
}

function perform(store: CartStore, command: Command, world: World): Promise<unknown> {
  const { carts, customers, now } = world
  const customer = (index: number) => customers[index] ?? ''
  switch (command.do) {
    case 'wait':
      return Promise.resolve()
    case 'create':
    case 'recreate': {
      const cartId = command.do === 'create' ? (carts.at(-1) ?? '') : pick(world, command.cart)
      return store.createCart({ ...options(now), cartId, customerId: customer(command.customer) })
    }
    case 'get':
      return store.getCart(pick(world, command.cart), { now, consistency: 'strong' })
    case 'order':
      return store.getOrder(pick(world, command.cart))
    case 'active': {
      return activeCart(store, customer(command.customer), now)
    }
    case 'carts':
    case 'active carts':
    case 'ordered carts': {
      const status = {
        carts: undefined,
        'active carts': 'active',
        'ordered carts': 'checked_out',
      } as const
      const filter = { limit: command.limit, now, status: status[command.do] }
      return pages((cursor) => store.listCarts(customer(command.customer), { ...filter, cursor }))
    }
    case 'orders':
      return pages((cursor) =>
        store.listOrders(customer(command.customer), { limit: command.limit, cursor }),
      )
    default:
      return performChange(store, command, world)
  }
}

/** Without the id of a new cart, which each store chooses; it is deleted, so that later calls do not depend on its id. */
async function activeCart(store: CartStore, customerId: string | number, now: number) {
  const { cartId, ...active } = await store.activeCart({ ...options(now), customerId })
  if (!active.created) return { cartId, ...active }
  await store.deleteCart(cartId, options(now))
  return active
}

function performChange(
  store: CartStore,
  command: Extract<Command, Change>,
  world: World,
): Promise<unknown> {
  const { now } = world
  const cartId = pick(world, command.cart)
  // The same key has the same request three times out of four.
  const { cart: _, key: number, ifVersion: __, tight: ___, ...asked } = command
  const key =
    number === undefined
      ? undefined
      : keyed(`k${number}`, now, number === 3 ? JSON.stringify(asked) : '').key
  const terms = options(now, command.tight ? LOWERED : LIMITS, {
    key,
    ifVersion: command.ifVersion,
  })
  const priced = (each: number, units: number) => {
    const { productId, ...rest } = lineOf(each)
    return { ...line(productId, units, Number(productId) * 100 + (now % 97)), ...rest }
  }
  switch (command.do) {
    case 'add':
      return store.addLines(
        cartId,
        command.lines.map(([id, units]) => priced(id, units)),
        terms,
      )
    case 'set':
      return store.setLine(cartId, priced(command.line, command.quantity), terms)
    case 'lower':
      return store.setLine(cartId, { ...lineOf(command.line), quantity: command.quantity }, terms)
    case 'remove':
      return store.removeLine(cartId, lineOf(command.line).productId, terms)
    case 'remove line':
      return store.removeLine(cartId, lineOf(command.line), terms)
    case 'relabel': {
      const attributes = SIZES[command.size] ?? {}
      return store.setAttributes(cartId, lineOf(command.line), attributes, terms)
    }
    case 'reprice':
      return store.reprice(cartId, (id) => (id === 3 ? undefined : command.price), terms)
    case 'expect':
      return store.checkout(cartId, terms, { total: command.total, currency: 'USD' })
    case 'empty':
      return store.emptyCart(cartId, terms)
    case 'delete':
      return store.deleteCart(cartId, terms)
    case 'checkout':
      return store.checkout(cartId, terms)
    case 'merge': {
      const fromCartId = pick(world, command.from)
      if (fromCartId === cartId) return Promise.resolve('a cart cannot be merged into itself')
      return store.mergeCart(cartId, { fromCartId, strategy: command.strategy }, terms)
    }
  }
}

function lineOf(each: number): LineIdentity {
  return lineIdentity(1 + Math.floor(each / 3), SIZES[each % 3])
}

/** Recently created carts are the most likely; an index without a cart is a cart that does not exist. */
function pick({ carts, missing }: World, index: number): string {
  return carts.at(-1 - index) ?? missing
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
