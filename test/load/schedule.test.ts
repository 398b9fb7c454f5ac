import { describe, expect, it } from 'vitest'
import { completeSpec, type LoadSpec } from '../../lab/load/load-spec.ts'
import { scheduleHash } from '../../lab/load/schedule/hash.ts'
import { ADDS_PER_CART } from '../../lab/load/schedule/mixes.ts'
import { openSchedule, openWarmUpSchedule, type Step } from '../../lab/load/schedule/schedule.ts'
import { openSessions } from '../../lab/load/schedule/sessions.ts'

function stepsOf(wanted: Partial<LoadSpec>, most = 100_000): Step[] {
  const schedule = openSchedule(completeSpec(wanted))
  const steps: Step[] = []
  for (let step = schedule.next(); step !== null && steps.length < most; step = schedule.next())
    steps.push(step)
  return steps
}

const share = (steps: readonly Step[], operation: string) =>
  steps.filter((step) => step.operation === operation).length / steps.length

describe('a schedule', () => {
  it('is the same for the same spec, and has the same hash', () => {
    const spec = { rate: 300, duration_s: 5, mix: 'write-heavy' } as const
    expect(stepsOf(spec)).toEqual(stepsOf(spec))
    expect(scheduleHash(completeSpec(spec))).toBe(scheduleHash(completeSpec(spec)))
  })

  it('has the hash that earlier versions gave it', () => {
    expect(scheduleHash(completeSpec({ rate: 200, duration_s: 10 }))).toBe(
      '190c6594f51e4dd0c9f2af59c28bfadb39f4efc7d4b93547c2d53884080b0769',
    )
  })

  it.each([
    { seed: 2 },
    { rate: 201 },
    { duration_s: 6 },
    { arrivals: 'constant' },
    { mix: 'shopper-checkout' },
    { lines_per_cart: 6 },
    { products: 1001 },
    { shoppers: 101 },
  ] as Partial<LoadSpec>[])('has another hash with %o', (other) => {
    const spec = { rate: 200, duration_s: 5 }
    expect(scheduleHash(completeSpec({ ...spec, ...other }))).not.toBe(
      scheduleHash(completeSpec(spec)),
    )
  })

  it('has the same hash whatever the connections, the timeout and the warm-up', () => {
    const spec = { rate: 200, duration_s: 5, shoppers: 500 }
    const other = { connections: 200, timeout_ms: 500, warmup_s: 60 }
    expect(scheduleHash(completeSpec({ ...spec, ...other }))).toBe(scheduleHash(completeSpec(spec)))
    expect(stepsOf({ ...spec, ...other })).toEqual(stepsOf(spec))
  })

  it('differs from that of the warm-up, whose steps have the same distribution', () => {
    const spec = completeSpec({ rate: 200, duration_s: 20, mix: 'write-heavy' })
    const [warmUp, measured] = [openWarmUpSchedule(spec), openSchedule(spec)]
    const take = (from: typeof measured) =>
      Array.from({ length: 2000 }, () => from.next()).filter((step) => step !== null)
    const [before, after] = [take(warmUp), take(measured)]
    expect(before).not.toEqual(after)
    expect(take(openWarmUpSchedule(spec))).toEqual(before)
    expect(share(before, 'get_cart')).toBeCloseTo(share(after, 'get_cart'), 1)
    const popular = (steps: readonly Step[]) => {
      const counts = new Map<number, number>()
      for (const { slot } of steps) counts.set(slot, (counts.get(slot) ?? 0) + 1)
      return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
    }
    expect(popular(before)).toBe(popular(after))
  })

  it('is made step by step, so its length costs nothing', () => {
    const spec = completeSpec({ rate: 200_000, duration_s: 604_800, warmup_s: 0 })
    const schedule = openSchedule(spec)
    expect(schedule.next()).not.toBeNull()
    expect(scheduleHash({ ...spec, operations: 10 })).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('arrivals', () => {
  it('can be equidistant', () => {
    const at = stepsOf({ rate: 8, duration_s: 1, warmup_s: 0, arrivals: 'constant' }).map(
      (s) => s.at,
    )
    expect(at).toEqual([0, 125_000, 250_000, 375_000, 500_000, 625_000, 750_000, 875_000])
  })

  it('can be random at the same rate, with exponential gaps', () => {
    const at = stepsOf({ rate: 1000, duration_s: 20, warmup_s: 0 }).map((step) => step.at)
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    expect(mean).toBeGreaterThan(980)
    expect(mean).toBeLessThan(1020)
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.97)
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.03)
    expect(at.every((time) => Number.isInteger(time) && time < 20e6)).toBe(true)
  })
})

describe('the choice of carts', () => {
  const counts = (cart_choice: 'zipf' | 'uniform') => {
    const counted = new Map<number, number>()
    for (const { slot } of stepsOf({ operations: 100_000, mix: 'read-heavy', cart_choice }))
      counted.set(slot, (counted.get(slot) ?? 0) + 1)
    return [...counted].sort(([, a], [, b]) => b - a)
  }

  it('follows Zipf: the first of 1,000 carts gets 13 % and twice as many as the second', () => {
    const [first, second] = counts('zipf')
    let zeta = 0
    for (let rank = 1; rank <= 1000; rank++) zeta += 1 / rank ** 0.99
    expect((first?.[1] ?? 0) / 100_000).toBeCloseTo(1 / zeta, 2)
    expect((first?.[1] ?? 0) / (second?.[1] ?? 1)).toBeCloseTo(2 ** 0.99, 0)
  })

  it('scatters the popular carts over all of them', () => {
    const popular = counts('zipf')
      .slice(0, 20)
      .map(([slot]) => slot)
    expect(Math.max(...popular)).toBeGreaterThan(500)
    expect(Math.min(...popular)).toBeLessThan(500)
  })

  it('can be uniform', () => {
    const uniform = counts('uniform')
    expect(uniform).toHaveLength(1000)
    expect(uniform[0]?.[1]).toBeLessThan(150)
    expect(uniform.at(-1)?.[1]).toBeGreaterThan(60)
  })
})

describe('mixes', () => {
  it.each([
    ['read-heavy', 0.95, 0.05, 0],
    ['write-heavy', 0.5, 0.5, 0],
    ['create-heavy', 0.25, 0.25, 0.5],
    ['hot', 0.5, 0.5, 0],
  ] as const)('%s has its shares', (mix, gets, adds, creates) => {
    const steps = stepsOf({ operations: 20_000, mix })
    expect(share(steps, 'get_cart')).toBeCloseTo(gets, 1)
    expect(share(steps, 'add_items')).toBeCloseTo(adds, 1)
    expect(share(steps, 'create_cart')).toBeCloseTo(creates, 1)
  })

  it('hot has one cart', () => {
    expect(new Set(stepsOf({ operations: 1000, mix: 'hot' }).map(({ slot }) => slot)).size).toBe(1)
  })

  it('keep the size of a cart, and replace it before it has too many units', () => {
    const steps = stepsOf({ operations: 20_000, mix: 'hot', lines_per_cart: 3 })
    const adds = steps.filter(({ operation }) => operation === 'add_items')
    expect(new Set(adds.map(({ productId }) => productId)).size).toBe(3)
    let added = 0
    let most = 0
    for (const { operation } of steps) {
      if (operation === 'create_cart') added = 0
      if (operation === 'add_items') most = Math.max(most, ++added)
    }
    expect(most).toBe(ADDS_PER_CART)
  })

  it('add the given products', () => {
    const steps = stepsOf({ operations: 1000, products: ['mug', 7], lines_per_cart: 1 })
    const adds = steps.filter(({ operation }) => operation === 'add_items')
    expect(new Set(adds.map(({ productId }) => productId))).toEqual(new Set(['mug', 7]))
  })

  it.each(['shopper', 'shopper-checkout'] as const)('%s consists of complete sessions', (mix) => {
    const sessions = sessionsOf(stepsOf({ operations: 20_000, mix }))
    expect(sessions).toHaveLength(100)
    const whole = sessions.flatMap((all) => all.slice(1, -1))
    for (const session of whole) expect(session).toMatch(/^c(ag?){1,9}go?$/)
    const paid = whole.filter((session) => session.endsWith('o')).length / whole.length
    expect(paid).toBeCloseTo(mix === 'shopper' ? 0 : 0.3, 1)
  })

  it('start with shoppers in the middle of their sessions, distributed as later on', () => {
    const spec = { mix: 'shopper', shoppers: 2000 } as const
    const all = stepsOf({ ...spec, operations: 40_000 })
    for (const operation of ['create_cart', 'add_items', 'get_cart'])
      expect(share(all.slice(0, 4000), operation)).toBeCloseTo(
        share(all.slice(-20_000), operation),
        1,
      )
    const creates =
      share(all.slice(0, 4000), 'create_cart') / share(all.slice(-20_000), 'create_cart')
    expect(creates).toBeGreaterThan(0.85)
    expect(creates).toBeLessThan(1.15)
  })

  it('continue with the prepared carts of shoppers, and create the missing ones', () => {
    const spec = completeSpec({ operations: 20_000, mix: 'shopper' })
    const sessions = openSessions(spec, 'measured')
    const rests = sessionsOf(stepsOf(spec))
    for (const [slot, { added, left }] of sessions.entries()) {
      const [rest = ''] = rests[slot] ?? []
      expect(rest).toBe(
        left
          .toReversed()
          .map((operation) => LETTERS[operation])
          .join(''),
      )
      expect(rest.startsWith('c')).toBe(added === null)
      expect((added ?? 0) + rest.replaceAll(/[^a]/g, '').length).toBeLessThanOrEqual(9)
    }
    expect(sessions.filter(({ added }) => added === null).length).toBeLessThan(25)
  })

  it('separate the shoppers of the warm-up from the measured ones', () => {
    const spec = completeSpec({ rate: 500, mix: 'shopper', shoppers: 150 })
    const warmUp = openWarmUpSchedule(spec)
    const slots = Array.from({ length: 5000 }, () => warmUp.next()?.slot ?? -1)
    expect(Math.min(...slots)).toBe(150)
    expect(Math.max(...slots)).toBe(299)
    expect(Math.max(...stepsOf(spec).map(({ slot }) => slot))).toBe(149)
  })
})

const LETTERS = { create_cart: 'c', add_items: 'a', get_cart: 'g', checkout: 'o' }

/** The operations of each slot, a letter each, split before each create. */
function sessionsOf(steps: readonly Step[]): string[][] {
  const bySlot: string[] = []
  for (const { slot, operation } of steps) bySlot[slot] = (bySlot[slot] ?? '') + LETTERS[operation]
  return bySlot.map((all) => all.split(/(?=c)/))
}
