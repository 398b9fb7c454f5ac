import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors/usage-error.ts'
import { chooseGenerators, requireSplit } from '../../src/load/generators.ts'
import { openSchedule, openWarmUpSchedule, type Step } from '../../src/load/schedule/schedule.ts'
import { countOf, imbalance, openOwner, type Share } from '../../src/load/schedule/share.ts'
import { completeSpec, type LoadSpec, MIXES } from '../../src/results/load-spec.ts'

const all = (schedule: ReturnType<typeof openSchedule>, most: number): Step[] => {
  const steps: Step[] = []
  for (let step = schedule.next(); step !== null; step = schedule.next()) {
    steps.push(step)
    if (steps.length === most) break
  }
  return steps
}

const shares = (of: number): Share[] => Array.from({ length: of }, (_, index) => [{ index, of }])
/** Three machines with two generators each. */
const NESTED: Share[] = [0, 1, 2].flatMap((index) =>
  [0, 1].map((inner) => [
    { index, of: 3 },
    { index: inner, of: 2 },
  ]),
)

/** In the order of the whole schedule: identical steps at the same time cannot be told apart. */
const inOrder = (steps: readonly Step[]) => steps.map((step) => JSON.stringify(step)).sort()

describe('shares of a schedule', () => {
  const loads = MIXES.flatMap((mix): Partial<LoadSpec>[] => [
    { mix, rate: 500, duration_s: 4 },
    { mix, rate: 500, duration_s: 4, cart_choice: 'uniform', arrivals: 'constant' },
    { mix, loop: 'closed', operations: 2001 },
  ])

  it.each(loads)('together have exactly the steps of the whole: %o', (load) => {
    const spec = completeSpec(load)
    const whole = all(openSchedule(spec), 1e6)
    expect(whole.length).toBeGreaterThan(1800)
    for (const split of [shares(2), shares(7), NESTED]) {
      const parts = split.map((share) => all(openSchedule(spec, share), 1e6))
      expect(inOrder(parts.flat())).toEqual(inOrder(whole))
      for (const part of parts)
        expect(part.map(({ at }) => at)).toEqual(part.map(({ at }) => at).sort((a, b) => a - b))
    }
  })

  it('keep all operations of a cart or a shopper together, in the warm-up too', () => {
    const ownersOf = (mix: (typeof MIXES)[number]) => {
      const spec = completeSpec({ mix, rate: 500, duration_s: 4 })
      const placeOf = (slot: number) => (mix.startsWith('shopper') ? slot % spec.shoppers : slot)
      return shares(4).map((share) => {
        const steps = [openSchedule(spec, share), openWarmUpSchedule(spec, share)].map((schedule) =>
          all(schedule, 500),
        )
        return new Set(steps.flat().map(({ slot }) => (slot < 0 ? 'none' : placeOf(slot))))
      })
    }
    for (const mix of MIXES.filter((name) => name !== 'hot')) {
      const places = ownersOf(mix).map((owned) => [...owned].filter((place) => place !== 'none'))
      expect(new Set(places.flat()).size).toBe(places.flat().length)
    }
  })

  it('are about equal, although a few carts are popular', () => {
    const spec = completeSpec({ mix: 'write-heavy', rate: 1000, duration_s: 20 })
    const counts = shares(4).map((share) => all(openSchedule(spec, share), 1e6).length)
    for (const count of counts) expect(count / 5000).toBeCloseTo(1, 1)
    expect(imbalance(spec, 4)).toBeLessThan(1.01)
  })

  it('split connections and carts without a rest', () => {
    for (const count of [1, 2, 31, 100])
      for (const split of [shares(1), shares(3), shares(8), NESTED]) {
        const sum = split.reduce((total, share) => total + countOf(count, share), 0)
        expect(sum).toBe(count)
        const owners = split.map((share) =>
          openOwner(completeSpec({ carts: count, mix: 'read-heavy' }), share),
        )
        for (let slot = 0; slot < count; slot++)
          expect(owners.filter((owns) => owns(slot))).toHaveLength(1)
      }
  })
})

describe('the number of generators', () => {
  const at = (rate: number) => completeSpec({ rate, connections: 64 })
  const choose = (spec: LoadSpec, local: boolean, cores: number) =>
    chooseGenerators(spec, 'auto', { local, cores })

  it('is chosen by the rate and the cores, and leaves cores to a service on the machine', () => {
    expect(choose(at(200), true, 2)).toEqual({ count: 1, why: null })
    expect(choose(at(30_000), false, 8)).toMatchObject({ count: 4 })
    expect(choose(at(100_000), false, 8)).toEqual({
      count: 7,
      why: '7 load generators: 100000/s may require 13; --generators sets the number',
    })
    expect(choose(at(100_000), true, 8)).toEqual({
      count: 4,
      why: '4 load generators: 100000/s may require 13, 4 of 8 cores are left to the service; --generators sets the number',
    })
    expect(choose(completeSpec({ loop: 'closed' }), true, 16).count).toBe(4)
    expect(choose(completeSpec({ rate: 50_000, mix: 'hot' }), false, 16).count).toBe(1)
  })

  it.each([
    [
      { connections: 4, rate: 100 },
      8,
      'generators: 8 generators require as many connections (got 4)',
    ],
    [
      { mix: 'hot', rate: 100 },
      2,
      'generators: at most 1 can share this load: one cart stays with one generator and gets 100 % of the operations',
    ],
    [{ rate: 100 }, 0, 'generators: must be an integer between 1 and 64 (got 0)'],
    [{ rate: 100 }, 1.5, 'generators: must be an integer between 1 and 64 (got 1.5)'],
  ] as const)('is refused in one line: %o by %d', (load, count, message) => {
    expect(() => requireSplit(completeSpec(load), count)).toThrow(new UsageError(message))
  })
})
