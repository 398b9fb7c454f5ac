import { expect, test } from 'vitest'
import { measureRequirements } from '../../../lab/evidence/measure-requirements.ts'
import type { Target } from '../../../lab/services/target.ts'
import { dropping, onlyWhen, startFakeCartService } from '../../support/fake-cart-service.ts'
import { side } from '../report/fixtures.ts'

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
