import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CartLimits } from '../../src/cart/cart.ts'
import { CartError } from '../../src/cart/errors.ts'
import type { CartStore, Changed } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { create, keyed, line, options, strong, T0 } from './fixtures.ts'

/** One change of a set of changes that are sent concurrently. */
interface Call {
  readonly cart: number
  readonly key: number | undefined
  readonly change:
    | { readonly do: 'add' | 'set'; readonly product: number; readonly quantity: number }
    | { readonly do: 'remove'; readonly product: number }
    | { readonly do: 'empty' | 'checkout' | 'delete' }
}

const CARTS = 3
const product = fc.integer({ min: 1, max: 4 })
const quantity = fc.integer({ min: 1, max: 3 })
const is = <const T extends string>(...names: T[]) => fc.constantFrom<T>(...names)
const call: fc.Arbitrary<Call> = fc.record({
  cart: fc.nat(CARTS - 1),
  key: fc.option(fc.nat(9), { nil: undefined, freq: 3 }),
  change: fc.oneof(
    { weight: 40, arbitrary: fc.record({ do: is('add'), product, quantity }) },
    { weight: 2, arbitrary: fc.record({ do: is('set'), product, quantity }) },
    { weight: 1, arbitrary: fc.record({ do: is('remove'), product }) },
    { weight: 1, arbitrary: fc.record({ do: is('empty', 'checkout', 'delete') }) },
  ),
})
/** Each limit is the deciding one in some runs. */
const limited = fc.record({
  maxLineQuantity: fc.constantFrom(9, 999),
  maxLines: fc.constantFrom(3, 999, 999),
  maxUnits: fc.constantFrom(15, 999),
})

/**
 * Sends many changes of few carts at once. There is only one order in which they can have happened, that of the
 * versions they were settled with, so the memory store must come to the same carts when it makes them in that order,
 * and must be able to refuse what was refused at some moment in between.
 */
export function describeConcurrentModel(get: () => CartStore): void {
  it('concurrent changes have the same result as in the order of their versions', async () => {
    const story = fc.tuple(fc.array(call, { minLength: 20, maxLength: 90 }), limited)
    await fc.assert(
      fc.asyncProperty(story, async ([calls, limits]) => {
        const carts = await Promise.all(Array.from({ length: CARTS }, () => create(get())))
        const results = await Promise.all(
          calls.map((each, i) =>
            answerOf(change(get(), carts[each.cart] ?? '', { ...each, i, limits })),
          ),
        )
        for (const [index, cartId] of carts.entries()) {
          const mine = calls.flatMap((each, i) => {
            const result = results[i]
            return each.cart === index && result !== undefined
              ? [{ ...each, i, limits, result }]
              : []
          })
          const moments = await replayed(cartId, mine)
          expect(await answerOf(get().getCart(cartId, strong()))).toEqual(moments.at(-1)?.cart)
          for (const { result, ...sent } of mine) {
            // STORE_BUSY means that nothing was changed, for any state of the cart.
            if (typeof result !== 'string' || result.startsWith('STORE_BUSY')) continue
            const possible = await Promise.all(moments.map(({ attempt }) => attempt(sent)))
            expect(possible, JSON.stringify(sent)).toContain(result)
          }
        }
      }),
      { numRuns: 15, seed: 20_260_105 },
    )
  })
}

/** `i` makes the time and price of each call unique, so that its effect can be identified. */
interface Sent extends Call {
  readonly i: number
  readonly limits: CartLimits
}

/** The result of a call, or the message of its refusal. */
type CallResult<T> = T | string

interface Settled extends Sent {
  readonly result: CallResult<Changed>
}

/**
 * The cart after each version, in a memory store of its own, made from the changes that were not refused; fails unless
 * each version was given out once and every replay names the version of the change it repeats.
 */
async function replayed(cartId: string, settled: readonly Settled[]) {
  const made = settled
    .flatMap(({ result, ...sent }) =>
      typeof result === 'object' && !result.replayed ? [{ ...sent, version: result.version }] : [],
    )
    .sort((a, b) => a.version - b.version)
  expect(made.map(({ version }) => version)).toEqual(made.map((_, n) => n + 2))
  for (const { result, ...sent } of settled) {
    if (typeof result !== 'object' || !result.replayed) continue
    const first = made.find(({ version }) => version === result.version)
    expect([sent.key, sent.change]).toEqual([first?.key, first?.change])
  }
  const storeAfter = async (changes: number) => {
    const store = openMemoryStore()
    await store.createCart({ ...options(), cartId, customerId: 7 })
    for (const each of made.slice(0, changes))
      expect(await change(store, cartId, each)).toMatchObject({ version: each.version })
    return store
  }
  const moments = Array.from({ length: made.length + 1 }, async (_, n) => ({
    cart: await answerOf((await storeAfter(n)).getCart(cartId, strong())),
    attempt: async (sent: Sent) => answerOf(change(await storeAfter(n), cartId, sent)),
  }))
  return Promise.all(moments)
}

async function answerOf<T>(call: Promise<T>): Promise<CallResult<T>> {
  try {
    return await call
  } catch (error) {
    if (error instanceof CartError) return `${error.code}: ${error.message}`
    throw error
  }
}

function change(
  store: CartStore,
  cartId: string,
  { change: asked, key: number, i, limits }: Sent,
): Promise<Changed> {
  const now = T0 + i
  const key =
    number === undefined ? undefined : keyed(`key ${number}`, now, JSON.stringify(asked)).key
  const terms = options(now, limits, { key })
  switch (asked.do) {
    case 'add':
      return store.addLines(cartId, [line(asked.product, asked.quantity, 1000 + i)], terms)
    case 'set':
      return store.setLine(cartId, line(asked.product, asked.quantity, 1000 + i), terms)
    case 'remove':
      return store.removeLine(cartId, asked.product, terms)
    case 'empty':
      return store.emptyCart(cartId, terms)
    case 'delete':
      return store.deleteCart(cartId, terms)
    case 'checkout':
      return store.checkout(cartId, terms)
  }
}
