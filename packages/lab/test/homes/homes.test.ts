import { formatHistory } from '@pushcart/histories'
import { describe, expect, it } from 'vitest'
import { simulate } from './simulate/simulate.ts'
import { check, RIGHT, WRONG } from './verdict.ts'

/** `npm run check:homes` makes many runs of each; a seed decides everything in a run. */
describe('a simulated global table in two regions', () => {
  it.each(Object.entries(RIGHT))('keeps every guarantee: %s', async (_name, simulation) => {
    const { reasons, report } = await check({ seed: 1, ...simulation })
    expect(reasons).toEqual([])
    expect(report.verdict).toBe('holds')
  })

  it.each(Object.entries(WRONG))('is found to be violated: %s', async (mistake, simulation) => {
    const { report } = await check({
      seed: 2,
      ...simulation,
      mistake: mistake as keyof typeof WRONG,
    })
    expect(report.verdict).toBe('violated')
  })

  it('loses, when a region is lost, what had not been copied, and nothing else', async () => {
    const { loss, reasons } = await check({ seed: 4, story: 'takeover' })
    expect(loss?.writes).toBeGreaterThan(0)
    expect(reasons).toEqual([])
  })

  it('is the same for the same seed', async () => {
    const story = 'takeover' as const
    const runs = [await simulate({ seed: 7, story }), await simulate({ seed: 7, story })]
    const [first, second] = runs.map(({ history }) => formatHistory(history))
    expect(first).toBe(second)
  })
}, 120_000)
