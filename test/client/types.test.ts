import type {
  Cart,
  CartLine,
  CartPage,
  Health,
  LineWarning,
  Order,
  OrderPage,
  Problem,
  Product,
  ProductPage,
  PushcartClient,
} from '@pushcart/client'
import type { Static } from 'typebox'
import { describe, expectTypeOf, it } from 'vitest'
import type { ProblemJson } from '../../packages/service/src/http/problem-schema.ts'
import type { Deployment } from '../../packages/service/src/http/routes/health.ts'
import type {
  CartJson,
  LineJson,
  NextCursor,
  OrderJson,
  ProductJson,
} from '../../packages/service/src/http/schemas.ts'
import type { CartStore } from '../../packages/service/src/store/cart-store.ts'

/** `readonly` taken away at every depth: the schemas do not have it, the client promises it. */
type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T
/** The members that are named, without an index signature. */
type Named<T> = { [K in keyof T as string extends K ? never : K]: T[K] }
type Cursor = Static<typeof NextCursor>

// `npm run types` is what fails here; running it only shows that the file is there.
describe('the client’s types', () => {
  it('are those of the schemas', () => {
    expectTypeOf<Writable<CartLine>>().toEqualTypeOf<LineJson>()
    expectTypeOf<Writable<LineWarning>>().toEqualTypeOf<NonNullable<LineJson['warnings']>[number]>()
    expectTypeOf<Writable<Cart>>().toEqualTypeOf<CartJson>()
    expectTypeOf<Writable<Order>>().toEqualTypeOf<OrderJson>()
    expectTypeOf<Writable<Product>>().toEqualTypeOf<ProductJson>()
    expectTypeOf<Named<Writable<Problem>>>().toEqualTypeOf<ProblemJson>()
    expectTypeOf<CartPage['next_cursor']>().toEqualTypeOf<Cursor>()
    expectTypeOf<OrderPage['next_cursor']>().toEqualTypeOf<Cursor>()
    expectTypeOf<ProductPage['next_cursor']>().toEqualTypeOf<Cursor>()
    expectTypeOf<Health['store']>().toEqualTypeOf<CartStore['kind']>()
    expectTypeOf<Pick<Health, 'engine' | 'emulator'>>().toEqualTypeOf<Deployment>()
    expectTypeOf<Health['layout']>().toEqualTypeOf<CartStore['layout']>()
  })

  it('say `null` only for a conditional read', () => {
    type Get = PushcartClient['getCart']
    const read = null as unknown as Get
    expectTypeOf(() => read('id')).returns.resolves.toEqualTypeOf<Cart>()
    expectTypeOf(() => read('id', { minVersion: 3 })).returns.resolves.toEqualTypeOf<Cart>()
    expectTypeOf(() => read('id', { ifNoneMatch: 3 })).returns.resolves.toEqualTypeOf<Cart | null>()
  })
})
