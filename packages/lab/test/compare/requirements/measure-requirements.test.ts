import { expect, test } from 'vitest'
import {
  dropping,
  onlyWhen,
  startFakeCartService,
} from '../../../../../test/support/fake-cart-service.ts'
import { measureRequirements } from '../../../src/compare/requirements/measure-requirements.ts'
import { completeSpec } from '../../../src/results/load-spec.ts'
import type { Target } from '../../../src/services/target.ts'
import { side } from '../../report/fixtures.ts'

test('a service that stops ends the measurement, and earlier results are kept', async () => {
  let gone = false
  await using service = await startFakeCartService({ misbehave: onlyWhen(() => gone, dropping) })
  const target: Target = { url: service.url, side: side('one', 'One') }
  const { parts, cut_off } = await measureRequirements([target, target], {
    seed: 1,
    load: null,
    products: 1000,
    seconds: 1,
    onProgress: (phase) => {
      gone = phase.startsWith('carts of 50 lines')
    },
  })
  expect(cut_off).toMatch(/^http:\/\/127\.0\.0\.1:\d+ does not respond: /)
  const [first, ...more] = parts.requirements.sides
  expect(more).toEqual([])
  expect(first?.hundred_shoppers?.overall.failed).toBe(0)
  expect(first?.fifty_lines).toBeNull()
})

test('the load at other rates has the generators of the load', async () => {
  await using service = await startFakeCartService()
  const target: Target = { url: service.url, side: side('one', 'One') }
  const spec = completeSpec({ rate: 40, warmup_s: 0, shoppers: 10, connections: 4 })
  const asked: (number | null)[] = []
  const { parts } = await measureRequirements([target], {
    seed: 1,
    load: { spec, blocks: 1, margin: 0.05, slots: [] },
    products: 1000,
    seconds: 1,
    generators({ rate }) {
      asked.push(rate)
      return 2
    },
    onProgress() {},
  })
  const runs = parts.growth.sides[0]?.runs ?? []
  expect(asked).toEqual([20, 80, 160])
  expect(runs.map(({ result }) => result.generator.each?.length)).toEqual([2, 2, 2])
})
