import { describe, expect, it } from 'vitest'
import { completeSpec, type LoadSpec } from '../../src/results/load-spec.ts'

describe('a spec', () => {
  it('gets the defaults', () => {
    expect(completeSpec({ rate: 200 })).toEqual({
      seed: 1,
      loop: 'open',
      rate: 200,
      arrivals: 'poisson',
      duration_s: 60,
      warmup_s: 10,
      operations: null,
      connections: 32,
      mix: 'shopper',
      cart_choice: 'zipf',
      carts: 1000,
      lines_per_cart: 5,
      products: 1000,
      shoppers: 100,
      timeout_ms: 10_000,
    })
  })

  it('is closed without a rate, and has shoppers for all connections', () => {
    expect(completeSpec({ connections: 400 })).toMatchObject({ loop: 'closed', shoppers: 800 })
  })

  it('has no warm-up where a number of operations ends it', () => {
    expect(completeSpec({ operations: 500 })).toMatchObject({ warmup_s: 0 })
  })

  it('is unchanged when it is completed again', () => {
    const spec = completeSpec({ rate: 5, duration_s: 7, mix: 'hot' })
    expect(completeSpec(spec)).toEqual(spec)
    expect(spec).toMatchObject({ carts: 1, warmup_s: 10 })
  })

  it.each([
    [{ rate: 0 }, 'rate: must be between 0.1 and 200000 (got 0)'],
    [{ rate: Number.NaN }, 'rate: must be between 0.1 and 200000 (got NaN)'],
    [{ connections: 1.5 }, 'connections: must be an integer (got 1.5)'],
    [{ duration_s: 0 }, 'duration: must be between 0.1 and 604800 (got 0)'],
    [{ timeout_ms: 1 }, 'timeout: must be between 100 and 600000 (got 1)'],
    [{ products: 0 }, 'products: must be between 1 and 1000000000 (got 0)'],
    [
      { products: [''] },
      'product-ids: an id must be an integer of at least 1, or 1 to 500 characters',
    ],
    [
      { products: [] },
      'product-ids: an id must be an integer of at least 1, or 1 to 500 characters',
    ],
    [{ products: 3, mix: 'hot' }, 'lines-per-cart: must not exceed the number of products'],
    [{ loop: 'open' }, 'rate: required by the open loop'],
    [{ loop: 'closed', rate: 5 }, 'rate: not allowed in the closed loop; omit --rate or --closed'],
    [{ shoppers: 5 }, 'shoppers: the closed loop requires at least one per connection'],
  ] as [Partial<LoadSpec>, string][])('%o is refused in one line', (wanted, message) => {
    expect(() => completeSpec(wanted)).toThrow(message)
  })
})
