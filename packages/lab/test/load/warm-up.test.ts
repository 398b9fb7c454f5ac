import { describe, expect, it } from 'vitest'
import { openCourse } from '../../src/load/generator/course.ts'
import { createGuidedWarmUp } from '../../src/load/generator/guided-warm-up.ts'
import { createSteadyRule, STEADY_WINDOWS } from '../../src/load/generator/warm-up.ts'
import { openSchedule, openWarmUpSchedule, type Step } from '../../src/load/schedule/schedule.ts'
import { createRandom } from '../../src/random/random.ts'
import { percentileMs } from '../../src/stats/histogram.ts'
import { type VirtualRun, virtualRun } from './virtual-run.ts'

const MS = 1000
const SECOND = 1e6
const LOAD = { rate: 200, duration_s: 5, warmup_s: 20 } as const
/** Minimum duration of a window. */
const WINDOW = 0.2 * SECOND

/** A service whose times fall to `to` milliseconds, from four times as much, and scatter by a fifth. */
function settling(to: number, seconds: number) {
  const random = createRandom(3)
  return (now: number) =>
    MS * to * (1 + 3 * Math.exp(-now / SECOND / seconds)) * (1 + random.integer(-200, 200) / 1000)
}

/** What was sent before and after the measurement began, with when, from the beginning of either. */
function parts({ sent, measuredFrom }: VirtualRun) {
  const from = measuredFrom ?? Number.POSITIVE_INFINITY
  const relative = (steps: VirtualRun['sent'], origin: number) =>
    steps.map(({ step }): Step => ({ ...step, at: step.at - origin }))
  return {
    warmUp: relative(
      sent.filter(({ step }) => step.at < from),
      0,
    ),
    measured: relative(
      sent.filter(({ step }) => step.at >= from),
      from,
    ),
  }
}

/** The first steps of a schedule. */
function first(count: number, schedule: ReturnType<typeof openSchedule>): (Step | null)[] {
  return Array.from({ length: count }, () => schedule.next())
}

describe('a warm-up', () => {
  it('ends soon with a steady service', () => {
    const run = virtualRun(LOAD, { serviceTime: settling(20, 0.001) })
    expect(run.warmUp?.steady).toBe(true)
    const fewest = STEADY_WINDOWS * WINDOW
    expect(run.measuredFrom).toBeGreaterThanOrEqual(fewest)
    expect(run.measuredFrom).toBeLessThan(2 * fewest)
  })

  it('ends at once with a service that does not vary', () => {
    const beat = { ...LOAD, arrivals: 'constant' } as const
    const run = virtualRun(beat, { serviceTime: () => 20 * MS })
    expect(run.warmUp?.trend_p.p50).toBe(1)
    expect(run.measuredFrom).toBeLessThan((STEADY_WINDOWS + 2) * WINDOW)
  })

  it('waits for a service that is still getting faster, and measures none of that time', () => {
    const run = virtualRun(LOAD, { serviceTime: settling(20, 2) })
    expect(run.warmUp?.steady).toBe(true)
    expect(run.measuredFrom).toBeGreaterThan(5 * SECOND)
    const median = percentileMs(run.recorder.overall, 50) ?? 0
    expect(median).toBeGreaterThan(19)
    expect(median).toBeLessThan(21)
    const soon = virtualRun({ ...LOAD, warmup_s: 1 }, { serviceTime: settling(20, 2) })
    expect(percentileMs(soon.recorder.overall, 50)).toBeGreaterThan(25)
  })

  it('ends at its maximum time with a service that never settles, and says so', () => {
    const growing = (now: number) => 5 * MS + now / 1000
    const run = virtualRun({ ...LOAD, warmup_s: 8 }, { serviceTime: growing })
    expect(run.measuredFrom).toBe(8 * SECOND)
    expect(run.warmUp?.steady).toBe(false)
    expect(run.warmUp?.trend_p.p50).toBeLessThan(0.001)
    expect(run.recorder.overall.totalCount).toBe(parts(run).measured.length)
  })

  it('also detects a growing queue', () => {
    const run = virtualRun({ ...LOAD, warmup_s: 8, connections: 2 }, { serviceTime: () => 20 * MS })
    expect(run.warmUp?.steady).toBe(false)
    // Steps that wait at the end of the warm-up are dropped: they would be charged to the measured time.
    const [earliest] = parts(run).measured
    expect(earliest?.at).toBe(openSchedule(run.spec).next()?.at)
  })

  it('does not call a service steady that hardly responds, or not at all', () => {
    const slow = virtualRun({ ...LOAD, warmup_s: 8, rate: 2 }, { serviceTime: () => MS })
    expect(slow.warmUp).toMatchObject({ steady: false, trend_p: { p50: null, rate: null } })
    expect(slow.measuredFrom).toBe(8 * SECOND)
    const stalled = virtualRun(
      { ...LOAD, warmup_s: 8, connections: 4 },
      { serviceTime: (now) => (now < 9 * SECOND ? 9 * SECOND - now : MS) },
    )
    expect(stalled.measuredFrom).toBe(8 * SECOND)
    // The measured second of the stall is charged to the operations that were intended in it.
    expect(percentileMs(stalled.recorder.overall, 99)).toBeGreaterThan(900)
    const failing = virtualRun(
      { ...LOAD, warmup_s: 8 },
      { serviceTime: () => MS, outcomeOf: () => ({ kind: 'server_error', name: '500' }) },
    )
    expect(failing.warmUp).toMatchObject({ steady: false, windows: [] })
  })

  it.each([
    { mix: 'read-heavy' },
    { mix: 'shopper' },
    { mix: 'shopper', loop: 'closed', rate: null, shoppers: 50 },
  ] as const)(
    'gives both sides the same steps as far as it goes, then the same again: %o',
    (load) => {
      const quick = virtualRun({ ...LOAD, ...load }, { serviceTime: settling(4, 0.1) })
      const slow = virtualRun({ ...LOAD, ...load }, { serviceTime: settling(9, 2) })
      expect(slow.measuredFrom).toBeGreaterThan((quick.measuredFrom ?? 0) + SECOND)
      const inOrder = (steps: readonly Step[]) => (load.mix === 'shopper' ? bySlot(steps) : steps)
      for (const run of [quick, slow]) {
        const { warmUp, measured } = parts(run)
        const untimed = (steps: readonly (Step | null)[]) =>
          steps.flatMap((step) => (step === null ? [] : [timed(step, run.spec.loop)]))
        expect(inOrder(untimed(warmUp))).toEqual(
          inOrder(untimed(first(warmUp.length, openWarmUpSchedule(run.spec)))),
        )
        expect(inOrder(untimed(measured))).toEqual(
          inOrder(untimed(first(measured.length, openSchedule(run.spec)))),
        )
      }
      if (quick.spec.loop === 'open')
        expect(parts(quick).measured.length).toBe(parts(slow).measured.length)
    },
  )

  it('measures nothing when it is interrupted', () => {
    for (const loop of ['open', 'closed'] as const) {
      const rate = loop === 'open' ? 200 : null
      const run = virtualRun(
        { ...LOAD, loop, rate },
        { serviceTime: settling(20, 5), stopAt: 2 * SECOND },
      )
      expect(run.measuredFrom).toBeNull()
      expect(run.outcomes).toEqual({})
      expect(run.recorder.okInTime()).toBe(0)
    }
  })

  it('works for a closed loop, which then measures for its full time', () => {
    const run = virtualRun(
      { loop: 'closed', duration_s: 5, warmup_s: 20, connections: 4 },
      { serviceTime: settling(20, 1) },
    )
    expect(run.warmUp?.steady).toBe(true)
    expect(run.recorder.okInTime()).toBeGreaterThan(930)
    expect(run.recorder.okInTime()).toBeLessThan(1070)
  })

  it('does not count among the operations that end a run', () => {
    const run = virtualRun(
      { loop: 'closed', operations: 77, warmup_s: 20 },
      { serviceTime: () => 20 * MS },
    )
    expect(run.outcomes).toEqual({ ok: 77 })
    expect(run.sent.length).toBeGreaterThan(1000)
  })
})

describe('a warm-up whose end is agreed with other generators', () => {
  const AGREED = { at: 2 * SECOND, told: 1.5 * SECOND }
  const counted = (run: VirtualRun) => Object.values(run.outcomes).reduce((sum, n) => sum + n, 0)
  const whole = () => {
    const schedule = openSchedule(virtualRun(LOAD, { serviceTime: () => MS }).spec)
    let count = 0
    while (schedule.next() !== null) count++
    return count
  }

  it.each([
    ['in time', AGREED],
    ['too late', { ...AGREED, told: 3 * SECOND }],
  ])('measures the whole schedule and nothing else when it learns of it %s', (_, agreed) => {
    const run = virtualRun(LOAD, { serviceTime: () => 20 * MS, agreed })
    expect(run.measuredFrom).toBe(agreed.at)
    expect(counted(run)).toBe(whole())
    const late = virtualRun(
      { ...LOAD, loop: 'closed', rate: null, operations: 77 },
      { serviceTime: () => 20 * MS, agreed },
    )
    expect(late.outcomes).toEqual({ ok: 77 })
  })

  it('sends no further step of the warm-up after a pause that spans its end', () => {
    let now = 0
    const { spec } = virtualRun(LOAD, { serviceTime: () => MS })
    const warmUp = createGuidedWarmUp(openWarmUpSchedule(spec), AGREED.at, () => {})
    const begun: number[] = []
    const course = openCourse(
      {
        warmUp,
        schedule: openSchedule(spec),
        loop: 'open',
        duration: 5 * SECOND,
        onMeasure: (at) => void begun.push(at),
      },
      { now: () => now },
    )
    now = AGREED.at - 1
    course.look()
    const parts = new Set<string>()
    for (let step = course.take(now); step !== undefined; step = course.take(now)) {
      parts.add(step.part)
      now = AGREED.at + 0.5 * SECOND
    }
    expect([...parts]).toEqual(['warm-up', 'measured'])
    expect(begun).toEqual([AGREED.at])
  })
})

describe('the rule, over 100 noisy services each', () => {
  /** Seconds that warm-ups took of services whose medians come to `excess(window)` above the settled one. */
  function ends(excess: (window: number) => number) {
    return Array.from({ length: 100 }, (_, seed) => {
      const random = createRandom(seed)
      const warmUp = createSteadyRule(10 * SECOND)
      let windows = 0
      do {
        const ms = 2 * (1 + excess(windows)) * (1 + random.integer(-140, 140) / 1000)
        for (let count = random.integer(30, 50); count > 0; count--) warmUp.record(ms * MS)
        windows++
      } while (!warmUp.isOver(windows * WINDOW))
      return { windows, steady: warmUp.report().steady }
    })
  }
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length

  it('ends soon with steady services', () => {
    const all = ends(() => 0)
    expect(all.every(({ steady }) => steady)).toBe(true)
    expect(mean(all.map(({ windows }) => windows))).toBeLessThan(STEADY_WINDOWS + 2)
  })

  it('waits for those that get faster until little of the excess is left', () => {
    const excess = (window: number) => Math.exp(-window / 10)
    const left = (windows: number) =>
      mean(Array.from({ length: 25 }, (_, k) => excess(windows + k)))
    const rest = mean(ends(excess).map(({ windows }) => left(windows)))
    expect(rest).toBeLessThan(left(STEADY_WINDOWS) / 3)
  })

  it('calls none steady that grows by a tenth every window', () => {
    const steady = ends((window) => window / 10).filter((one) => one.steady)
    expect(steady.length).toBeLessThanOrEqual(2)
  })
})

/** Steps of one shopper are in order, those of two in the order of responses. */
function bySlot(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => a.slot - b.slot)
}

/** The closed loop has no intended times. */
function timed(step: Step, loop: 'open' | 'closed'): Step {
  return loop === 'open' ? step : { ...step, at: 0 }
}
