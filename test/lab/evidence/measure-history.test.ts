import { expect, onTestFinished, test } from 'vitest'
import { measureHistory } from '../../../lab/evidence/measure-history.ts'
import { makeApp } from '../../support/app.ts'
import { startFakeCartService } from '../../support/fake-cart-service.ts'

const ASKED = { customer: 20_000_001, product: 1 }

async function service(): Promise<string> {
  const { app } = makeApp()
  onTestFinished(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

test('a history lists all carts and orders of a customer a hundred times', async () => {
  const history = await measureHistory(await service(), ASKED)
  expect(history.map(({ request, count, failed }) => [request, count, failed])).toEqual([
    ['list_carts', 100, 0],
    ['list_orders', 100, 0],
  ])
  for (const { mean, p50, max } of history) {
    expect(mean).toBeGreaterThan(0)
    expect(max).toBeGreaterThanOrEqual(p50 ?? Infinity)
  }
})

test('the lists of a service without lists all fail', async () => {
  await using fake = await startFakeCartService()
  const history = await measureHistory(fake.url, ASKED)
  expect(history.map(({ failed, mean }) => [failed, mean])).toEqual([
    [100, null],
    [100, null],
  ])
})

test('a service that refuses the product has no history', async () => {
  expect(await measureHistory(await service(), { ...ASKED, product: 999_999 })).toEqual([])
})
