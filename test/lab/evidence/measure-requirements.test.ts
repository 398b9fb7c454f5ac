import { expect, onTestFinished, test } from 'vitest'
import type { Target } from '../../../lab/compare/target.ts'
import { measureRequirements } from '../../../lab/evidence/measure-requirements.ts'
import { makeApp } from '../../support/app.ts'

const SIDE = {
  key: 'one',
  label: 'One',
  store: 'memory' as const,
  engine: null,
  read_consistency: null,
  emulator: false,
  address: null,
  database_version: null,
  durability: null,
}

test('a service that goes away cuts them off, and what was measured before is kept', async () => {
  const { app } = makeApp()
  onTestFinished(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const target: Target = { url, side: SIDE }
  const skipped: string[] = []
  let shoppers = 0
  const { parts, cut_off } = await measureRequirements([target, target], {
    seed: 1,
    load: null,
    products: 1000,
    seconds: 1,
    onSkipped: (reason) => skipped.push(reason),
    onProgress(phase, load) {
      if (phase.startsWith('100 shoppers') && load !== null) shoppers++
      if (!phase.startsWith('carts of 50 lines')) return
      app.server.close()
      app.server.closeAllConnections()
    },
  })
  expect(shoppers).toBeGreaterThan(0)
  expect(cut_off).toMatch(/^http:\/\/127\.0\.0\.1:\d+ does not answer: /)
  expect(parts.operations.sides).toHaveLength(1)
  expect(skipped).toEqual([])
})
