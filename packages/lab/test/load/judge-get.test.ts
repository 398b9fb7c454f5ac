import { describe, expect, it } from 'vitest'
import { pushcartApi } from '../../src/cart-api/pushcart-api.ts'
import { createJudge } from '../../src/load/http/outcome.ts'

const CART = 'cart-1'
const whole = (id: string | undefined, ...items: readonly object[]) =>
  JSON.stringify({ shopping_cart_id: id, items })
const LINE = { product_id: 1, quantity: 2 }

/** The outcome of each of some gets of one run. */
function outcomesOf(bodies: readonly string[]) {
  const { judge } = createJudge(pushcartApi)
  return bodies.map((body) => {
    const reply = { status: 200, body, keepAlive: true, idleSeconds: null, head: '' }
    return judge('get_cart', reply, CART)
  })
}

describe('the body of a get under load', () => {
  it('is a success with the cart that was asked for', () => {
    const good = Array.from({ length: 40 }, () => whole(CART, LINE))
    expect(new Set(outcomesOf(good).map(({ kind }) => kind))).toEqual(new Set(['ok']))
  })

  it('is one where a service shows no ids of carts', () => {
    const good = Array.from({ length: 40 }, () => whole(undefined, LINE))
    expect(new Set(outcomesOf(good).map(({ kind }) => kind))).toEqual(new Set(['ok']))
  })

  it.each([
    ['a page of maintenance', '<html>Back soon</html>', 'no JSON'],
    ['nothing', '', 'empty body'],
    ["another shopper's cart", whole('cart-2', LINE), 'another cart'],
    ['JSON of another kind', '{"message":"maintenance"}', 'no cart items'],
    ['a cart without its id', whole(undefined, LINE), 'no cart id'],
  ])('is a bad answer with %s, wherever it comes', (_, body, name) => {
    for (let at = 1; at <= 20; at++) {
      const bodies = [...Array.from({ length: at }, () => whole(CART, LINE)), body, body]
      const bad = { kind: 'bad_answer', name }
      expect(outcomesOf(bodies).slice(at)).toEqual([bad, bad])
    }
  })

  it('has its contents judged in a sample, and after a bad one in all', () => {
    const good = whole(CART, LINE)
    const empty = whole(CART, { product_id: 1, quantity: 0 })
    const kinds = (bodies: readonly string[]) => outcomesOf(bodies).map(({ kind }) => kind)
    const found = kinds([good, ...Array.from({ length: 40 }, () => empty)])
    expect(found.indexOf('bad_answer')).toBe(16)
    expect(new Set(found.slice(16))).toEqual(new Set(['bad_answer']))
  })
})
