import { describe, expect, it } from 'vitest'
import type { CartError } from '../../src/cart/errors.ts'
import { newCartId } from '../../src/cart/ids.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { filled } from './changes.ts'
import { create, keyed, line, newCustomer, options, strong, T0 } from './fixtures.ts'

const END = options().expiresAt
const LATE = T0 + 1_800_000

/** Changes of a target and a source with two lines each; the last one is the merge whose result is compared. */
type Story = (store: CartStore, target: string, source: string) => Promise<unknown>

const merge = (store: CartStore, cartId: string, fromCartId: string, change = options()) =>
  store.mergeCart(cartId, { fromCartId, strategy: 'sum' }, change)

const STORIES: Record<string, Story> = {
  'a deleted source': async (store, target, source) => {
    await store.deleteCart(source, options())
    await merge(store, target, source)
  },
  'an expired source': async (store, target, source) => {
    await store.addLines(target, [line(1)], options(LATE))
    await merge(store, target, source, options(END))
  },
  'an expired source that was absorbed before': async (store, target, source) => {
    await merge(store, target, source)
    await store.addLines(target, [line(1)], options(LATE))
    return merge(store, target, source, options(END))
  },
  'a source that is no cart id': (store, target) => merge(store, target, 'nonsense'),
  'a missing source into an order': async (store, target) => {
    await store.checkout(target, options())
    await merge(store, target, newCartId(T0))
  },
  'a deleted target': async (store, target, source) => {
    await store.deleteCart(target, keyed('k'))
    await merge(store, target, source)
  },
  'a deleted target, with the key that deleted it': async (store, target, source) => {
    await store.deleteCart(target, keyed('k'))
    return merge(store, target, source, keyed('k'))
  },
  'a target that was itself merged': async (store, target, source) => {
    await merge(store, await create(store), target)
    await merge(store, target, source)
  },
  'an expired target': (store, target, source) => merge(store, target, source, options(END)),
  'a source into the cart made anew that had absorbed it': async (store, target, source) => {
    await store.addLines(source, [line(1)], options(LATE))
    await merge(store, target, source, options(LATE))
    // The merged source expires with the target, so only a slow clock still sees it.
    const now = options(LATE).expiresAt
    const made = { cartId: target, customerId: newCustomer(), now }
    await store.createCart({ ...options(now), ...made })
    return merge(store, target, source, options(LATE))
  },
  'nothing into a cart beyond limits that were lowered': async (store, target) => {
    await merge(store, target, await create(store), options(T0, { maxLines: 1 }))
  },
}

/** Merges that are refused or whose cart is gone: every store behaves like the memory store. */
export function describeMergeStories(get: () => CartStore): void {
  describe('merging', () => {
    it.each(Object.entries(STORIES))('%s ends as the rules have it', async (_, story) => {
      expect(await ending(get(), story)).toEqual(await ending(openMemoryStore(), story))
    })
  })
}

/** The last result and the two carts, without what differs from run to run. */
async function ending(store: CartStore, story: Story): Promise<unknown> {
  const [target, source] = [await filled(store), await filled(store)]
  const refusal = ({ code, message, details }: CartError) => ({ code, message, details })
  const answer = await story(store, target, source).catch(refusal)
  const carts = [target, source].flatMap((id) =>
    [T0, END].map((now) => store.getCart(id, strong(now)).catch(refusal)),
  )
  const known = (await Promise.all(carts)).map((cart) => ({ ...cart, cartId: '', customerId: '' }))
  return { answer, known }
}
