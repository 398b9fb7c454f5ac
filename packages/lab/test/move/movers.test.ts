import { formatHistory } from '@pushcart/histories'
import { describe, expect, it } from 'vitest'
import { simulate } from './simulate/simulate.ts'
import { checkSimulated, reasonsOf, WRONG_MOVERS } from './verdict.ts'

/** `npm run check:movers -- --wrong` makes 20 runs of each; a seed decides everything in a simulated run. */
describe('a simulated fleet whose carts move', () => {
  it.each([1, 2, 3, 4, 5])('keeps every guarantee with the mover (seed %i)', async (seed) => {
    const checked = await checkSimulated(seed)
    expect(reasonsOf(checked)).toEqual([])
    expect(checked.report.verdict).toBe('holds')
  })

  it.each(WRONG_MOVERS)('is found to be violated by a faulty mover: %s', async (name) => {
    const { report } = await checkSimulated(1, name)
    expect(report.verdict).toBe('violated')
  })

  it('is the same for the same seed', async () => {
    const texts = [await simulate({ seed: 7 }), await simulate({ seed: 7 })].map(({ history }) =>
      formatHistory(history),
    )
    expect(texts[0]).toBe(texts[1])
  })
})
