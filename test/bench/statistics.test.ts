import { describe, expect, it } from 'vitest'
import type { RunningBench } from '../../bench/bench.ts'
import { figuresTable, goalLine } from '../../bench/figures.ts'
import { InvalidRun } from '../../bench/invalid-run.ts'
import { judge } from '../../bench/judge.ts'
import { measurePairs } from '../../bench/measure.ts'
import type { Goal, Pair, Round } from '../../bench/pair.ts'
import type { BenchRecord } from '../../bench/record.ts'
import { takeRounds } from '../../bench/rounds.ts'
import type { Tools } from '../../bench/support/tools.ts'
import { pageWithFigures, writtenPage } from '../../bench/write-figures.ts'

const RATIO: Goal = { metric: 'per_second', compare: 'ratio', want: 'at least', floor: 1.2, aim: 2 }
const ROUNDS: Round[] = [
  { a: { per_second: 300 }, b: { per_second: 200 } },
  { a: { per_second: 160 }, b: { per_second: 100 } },
  { a: { per_second: 700 }, b: { per_second: 500 } },
]

describe('a goal', () => {
  it('is compared with the median of the ratios of the rounds', () => {
    const judged = judge(RATIO, ROUNDS)
    expect(judged).toMatchObject({ median: 1.5, min: 1.4, max: 1.6 })
    expect(judged).toMatchObject({ reached: true, aim_reached: false })
    expect(judged.low).toBeGreaterThanOrEqual(1.4)
    expect(judged.high).toBeLessThanOrEqual(1.6)
  })

  it('with a maximum is not reached above it', () => {
    expect(judge({ ...RATIO, want: 'at most', floor: 1.4 }, ROUNDS).reached).toBe(false)
  })

  it('may be a difference or a single figure', () => {
    const rounds: Round[] = [{ a: { p50_ms: 0.5 }, b: { p50_ms: 0.25 } }]
    const goal: Goal = { metric: 'p50_ms', compare: 'difference', want: 'at most', floor: 0.3 }
    expect(judge(goal, rounds)).toMatchObject({ median: 0.25, reached: true })
    expect(judge({ ...goal, compare: 'value' }, rounds)).toMatchObject({
      median: 0.5,
      reached: false,
    })
  })

  it('is not judged against a weaker opponent', () => {
    expect(judge(RATIO, ROUNDS, false)).toMatchObject({ reached: null, aim_reached: null })
  })

  it('cannot be judged by a round without the figure', () => {
    expect(() => judge(RATIO, [{ a: { per_second: 1 }, b: null }])).toThrow(InvalidRun)
    expect(() => judge(RATIO, [{ a: { per_second: 1 }, b: { per_second: 0 } }])).toThrow(InvalidRun)
  })

  it('is reported with its interval', () => {
    expect(goalLine(judge(RATIO, ROUNDS))).toMatch(
      /^1\.5 x \(1\.\d+ to 1\.\d+\), wanted at least 1\.2 x, aim 2 x: reached$/,
    )
  })
})

describe('a pair that needs what is not installed', () => {
  it('is skipped with a line that says what', async () => {
    const pair: Pair = {
      name: 'needy',
      what: 'this against that',
      a: 'this',
      b: null,
      goals: [],
      missing: () => 'that is not installed',
      open: () => Promise.reject(new Error('opened')),
    }
    const said: string[] = []
    const running = {} as RunningBench
    const options = {
      rounds: 1,
      seconds: 1,
      signal: new AbortController().signal,
      tools: {} as Tools,
      say: (line: string) => said.push(line),
    }
    expect(await measurePairs([pair], running, options)).toEqual([])
    expect(said).toContain('  skipped: that is not installed')
  })
})

describe('turns', () => {
  const order: string[] = []
  const side = (name: string) => async () => {
    order.push(name)
    return { per_second: order.length }
  }
  const options = { rounds: 3, signal: new AbortController().signal, say: () => {}, warmUpMs: 0 }

  it('are taken A B B A after one uncounted turn of each', async () => {
    order.length = 0
    const rounds = await takeRounds({ goals: [RATIO] }, { a: side('a'), b: side('b') }, options)
    expect(order.join('')).toBe('ababbaab')
    expect(rounds).toEqual([
      { a: { per_second: 3 }, b: { per_second: 4 } },
      { a: { per_second: 6 }, b: { per_second: 5 } },
      { a: { per_second: 7 }, b: { per_second: 8 } },
    ])
  })

  it('that continue from each other are taken once, B first', async () => {
    order.length = 0
    await takeRounds({ goals: [], once: true }, { a: side('a'), b: side('b') }, options)
    expect(order.join('')).toBe('ba')
  })

  it('end with Ctrl-C', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'))
    const taken = takeRounds({ goals: [] }, { a: side('a') }, { ...options, signal })
    await expect(taken).rejects.toThrow('interrupted')
  })
})

describe('the table of figures', () => {
  it('has one row per goal, in the given order', () => {
    const record = (name: string) =>
      ({ name, what: `${name} it`, measured: ROUNDS, goals: [judge(RATIO, ROUNDS)] }) as unknown
    const table = figuresTable([record('b'), record('a')] as BenchRecord[], ['a', 'b', 'c'])
    const [, , first, second, ...none] = table.split('\n')
    expect(first).toMatch(/^\| a it \(`a`\) \| per_second \| 300 \| 200 \| 1\.5 x /)
    expect(second).toMatch(/^\| b it /)
    expect(none).toEqual([])
  })

  it('in docs/performance.md matches bench/results (node bench/write-figures.ts)', async () => {
    expect(await pageWithFigures(writtenPage())).toBe(writtenPage())
  })
})
