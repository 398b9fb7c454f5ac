import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { codeOf, create, line, options, strong } from '../../contract/fixtures.ts'

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

describe.each(['rows', 'document'] as const)('adds of one line in the layout %s', (layout) => {
  async function openTwo() {
    const database = await createTestDatabase()
    onTestFinished(database.drop)
    const opening = { databaseUrl: database.url, layout, migrate: true } as const
    const stores = [await openPostgresStore(opening), await openPostgresStore(opening)] as const
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))))
    return { database, stores }
  }

  it('of two stores to the same carts keep the numbers of lines and units, and the limits', async () => {
    const { database, stores } = await openTwo()
    const carts = await Promise.all(range(6).map(() => create(stores[0])))
    const limits = { maxLines: 3, maxLineQuantity: 9, maxUnits: 20 }
    const outcomes = await Promise.all(
      range(1200).map((i) => {
        const store = stores[i % 2 === 0 ? 0 : 1]
        const product = line(1 + ((i * 7) % 10))
        const terms = { ...options(), limits }
        return codeOf(store.addLines(carts[i % 6] ?? '', [product], terms))
      }),
    )
    expect(outcomes).toContain('CART_LINES_LIMIT')
    const read = await Promise.all(carts.map((cartId) => stores[1].getCart(cartId, strong())))
    const quantities = read.map(({ lines }) => lines.map(({ quantity }) => quantity))
    for (const each of quantities) {
      expect(each).toHaveLength(limits.maxLines)
      expect(Math.max(...each)).toBeLessThanOrEqual(limits.maxLineQuantity)
    }
    const units = quantities.map((each) => each.reduce((sum, quantity) => sum + quantity, 0))
    expect(Math.max(...units)).toBeLessThanOrEqual(limits.maxUnits)
    expect(units.reduce((sum, each) => sum + each, 0)).toBe(
      outcomes.filter((each) => each === 'nothing failed').length,
    )
    expect(read.map(({ version }) => version - 1)).toEqual(units)
    const counted = await database.query(
      'select cart_id, line_count::int as lines, units::int as units from carts',
    )
    expect(new Map(counted.map(({ cart_id, ...counts }) => [cart_id, counts]))).toEqual(
      new Map(
        read.map(({ cartId, lines }, i) => [cartId, { lines: lines.length, units: units[i] }]),
      ),
    )
  })
})
