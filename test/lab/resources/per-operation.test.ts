import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sizeFrom } from '../../../lab/resources/billed-size.ts'
import { crowd } from '../../../lab/resources/crowd.ts'
import { serviceCosts } from '../../../lab/resources/per-operation.ts'
import { startFakeCartService } from '../../support/fake-cart-service.ts'
import { startTellingService } from '../../support/telling-service.ts'

const PRODUCTS = Array.from({ length: 100 }, (_, index) => index + 101)

test('the cost of each kind is that of its own operations, divided by their number', async () => {
  const lines = new Map<string, number>()
  await using service = await startTellingService((request, cart) => {
    // Enough CPU time for the first round to suffice.
    const cpu = (ms: number) => ms / 100
    switch (request) {
      case 'POST /shopping-carts':
        return { cpu_s: cpu(1), read: 0, write: 2 }
      case 'POST /shopping-carts/:id/items': {
        const held = (lines.get(cart) ?? 0) + 1
        lines.set(cart, held)
        // Carts of 300 bytes and 40 a line, up to the five lines that most carts have here.
        const bytes = 300 + 40 * (held > 100 ? 5 : held)
        return { cpu_s: cpu(2), read: 0, write: Math.ceil(bytes / 1024) }
      }
      case 'GET /shopping-carts/:id?consistency=strong':
        return { cpu_s: cpu(3), read: 1, write: 0 }
      case 'GET /shopping-carts/:id?consistency=eventual':
        return { cpu_s: cpu(4), read: 0.5, write: 0 }
      case 'POST /shopping-carts/:id/checkout':
        return { cpu_s: cpu(5), read: 0, write: 3 }
      case 'GET /shopping-carts?customer_id=':
        return { cpu_s: cpu(6), read: 20.5, write: 0 }
      default:
        throw new Error(`nobody should ask for ${request}`)
    }
  })
  const { operations, ...rest } = await serviceCosts(service, { products: PRODUCTS })
  const rounded = operations.map(({ count, service_cpu_s, ...cost }) => ({
    ...cost,
    measured: count > 0,
    service_cpu_s: Math.round(1e6 * (service_cpu_s ?? 0)) / 1e6,
  }))
  const common = { failed: 0, measured: true, database_cpu_s: null, read_consistency: null }
  expect(rounded).toEqual([
    { ...common, operation: 'create_cart', service_cpu_s: 0.01, read_units: 0, write_units: 2 },
    { ...common, operation: 'add_items', service_cpu_s: 0.02, read_units: 0, write_units: 1 },
    {
      ...common,
      operation: 'get_cart',
      read_consistency: 'strong',
      service_cpu_s: 0.03,
      read_units: 1,
      write_units: 0,
    },
    {
      ...common,
      operation: 'get_cart',
      read_consistency: 'eventual',
      service_cpu_s: 0.04,
      read_units: 0.5,
      write_units: 0,
    },
    { ...common, operation: 'checkout', service_cpu_s: 0.05, read_units: 0, write_units: 3 },
    { ...common, operation: 'list_carts', service_cpu_s: 0.06, read_units: 20.5, write_units: 0 },
  ])
  expect(rest).toMatchObject({ clients: 8, lines: 5, listed: 20, cart_bytes_by: 'units' })
  expect(Math.abs((rest.cart_bytes ?? 0) - 500)).toBeLessThanOrEqual(40)
})

test('a kind that the service lacks is not measured; the others are', async () => {
  await using service = await startTellingService(
    () => ({ cpu_s: 0.01, read: 0, write: 1 }),
    (request) => (request.endsWith('/checkout') ? 404 : undefined),
  )
  const { operations } = await serviceCosts(service, { products: PRODUCTS })
  const of = (kind: string) => operations.find(({ operation }) => operation === kind)
  expect(of('checkout')).toMatchObject({ service_cpu_s: null, write_units: null })
  expect(of('checkout')?.failed).toBe(of('checkout')?.count)
  expect(of('list_carts')?.service_cpu_s).toBeCloseTo(0.01)
})

test('too little CPU time is not reported', async () => {
  await using service = await startTellingService(() => ({ cpu_s: 1e-7, read: 0, write: 1 }))
  const { operations } = await serviceCosts(service, { products: PRODUCTS, seconds: 0.05 })
  expect(operations.map(({ service_cpu_s }) => service_cpu_s)).toEqual(operations.map(() => null))
})

test('a service without metrics gets no requests', async () => {
  await using service = await startFakeCartService()
  const costs = await serviceCosts(service, { products: PRODUCTS })
  expect(costs).toMatchObject({ operations: [], cart_bytes: null, cart_bytes_by: null })
  expect(service.requests.map(({ path }) => path)).not.toContain('/shopping-carts')
})

test('the billed size of a cart is found within a line of its true one', () => {
  const sizes = fc.record({
    rest: fc.integer({ min: 50, max: 900 }),
    line: fc.integer({ min: 40, max: 200 }),
  })
  fc.assert(
    fc.property(sizes, ({ rest, line }) => {
      const units = PRODUCTS.map((_, index) => Math.ceil((rest + line * (index + 1)) / 1024))
      const found = sizeFrom(units)
      expect(Math.abs((found ?? Infinity) - (rest + 5 * line))).toBeLessThanOrEqual(line)
    }),
  )
})

test('too few steps of the bill give no size', () => {
  expect(sizeFrom([])).toBeNull()
  expect(sizeFrom([1, 1, 2, 2, 3])).toBeNull()
})

test('a crowd does each task once, with at most as many at once as clients, and counts failures', async () => {
  const done: number[] = []
  let [now, most] = [0, 0]
  const step = async (index: number) => {
    most = Math.max(most, ++now)
    await Promise.resolve()
    now--
    done.push(index)
    return index % 3 !== 0
  }
  expect(await crowd(step, { from: 10, count: 9, clients: 4 })).toEqual({ count: 9, failed: 3 })
  expect(done.sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18])
  expect(most).toBe(4)
})

test('a crowd that is interrupted starts no further task', async () => {
  const interrupt = new AbortController()
  const step = async (index: number) => {
    if (index === 3) interrupt.abort()
    return true
  }
  const { signal } = interrupt
  expect(await crowd(step, { from: 0, count: 100, clients: 1, signal })).toEqual({
    count: 4,
    failed: 0,
  })
})
