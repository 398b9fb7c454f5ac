import { describe, expect, it } from 'vitest'
import { completeSpec, type LoadSpec } from '../../lab/load/load-spec.ts'

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
    [{ rate: 0 }, 'rate: 0 is not from 0.1 to 200000'],
    [{ rate: Number.NaN }, 'rate: NaN is not from 0.1 to 200000'],
    [{ connections: 1.5 }, 'connections: 1.5 is not an integer'],
    [{ duration_s: 0 }, 'duration: 0 is not from 0.1 to 604800'],
    [{ timeout_ms: 1 }, 'timeout: 1 is not from 100 to 600000'],
    [{ products: 0 }, 'products: 0 is not from 1 to 1000000000'],
    [{ products: [''] }, 'product-ids: an id is an integer from 1 or 1 to 64 characters'],
    [{ products: [] }, 'product-ids: an id is an integer from 1 or 1 to 64 characters'],
    [{ products: 3, mix: 'hot' }, 'lines-per-cart: there are not as many products'],
    [{ loop: 'open' }, 'rate: the open loop needs one'],
    [{ loop: 'closed', rate: 5 }, 'rate: the closed loop has none; leave out --rate or --closed'],
    [{ shoppers: 5 }, 'shoppers: the closed loop needs at least one for each connection'],
  ] as [Partial<LoadSpec>, string][])('%o is refused in one line', (wanted, message) => {
    expect(() => completeSpec(wanted)).toThrow(message)
  })
})
