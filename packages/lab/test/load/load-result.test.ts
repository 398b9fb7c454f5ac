import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { loadTable } from '../../src/commands/load-table.ts'
import { buildResult } from '../../src/load/build-result.ts'
import type { GeneratorReport } from '../../src/load/generator/messages.ts'
import { createRecorder } from '../../src/load/generator/recorder.ts'
import { LoadResultSchema, parseLoadResult } from '../../src/results/load-result.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { OPERATIONS } from '../../src/results/operations.ts'
import { decodeHistogram, encodeHistogram, summariseHistogram } from '../../src/stats/histogram.ts'

const SPEC = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 })

/** What a generator reports of 1,000 gets of 5 ms, 10 of them failed, and 200 adds. */
function report(cut_off: string | null = null, elapsed_s = 12.005): GeneratorReport {
  const recorder = createRecorder()
  recorder.measure(2e6, 12e6)
  for (let i = 0; i < 1200; i++) {
    const at = i * 10_000
    const operation = i % 6 === 0 ? 'add_items' : 'get_cart'
    const failed = i >= 200 && i % 100 === 1
    const outcome = failed
      ? ({ kind: 'server_error', name: '503 STORE_DOWN' } as const)
      : ({ kind: 'ok', name: 'ok' } as const)
    recorder.record({ operation, outcome, at, sentAt: at, endedAt: at + 5000 })
    recorder.recordLag(at, 100)
  }
  const tallies = OPERATIONS.map((operation) => {
    const { outcomes, response, service } = recorder.tallies[operation]
    return [
      operation,
      {
        outcomes: [...outcomes.values()],
        response: encodeHistogram(response),
        service: encodeHistogram(service),
      },
    ]
  })
  return {
    started_at: '2026-11-22T18:11:08.222Z',
    cut_off,
    elapsed_s,
    measured_from_s: 2,
    warm_up: {
      steady: true,
      trend_p: { p50: 0.5, rate: 1 },
      windows: [{ until: 2, p50: 5, rate: 100 }],
    },
    ok_in_time: recorder.okInTime(),
    tallies: Object.fromEntries(tallies),
    lag: encodeHistogram(recorder.lag),
    series: recorder.series.finish(),
    utilisation: 0.1,
    cpu_s: 1.5,
    connections_opened: 32,
  }
}

const resultOf = (from: GeneratorReport) => buildResult(SPEC, 'http://one.example', from, undefined)

it('says in one line that connecting is part of the response times', () => {
  const line = /^\d+ connections were opened for 1200 operations: the service closes them/
  expect(loadTable(resultOf(report()))).not.toContainEqual(expect.stringMatching(line))
  const closing = { ...report(), connections_opened: 1100 }
  expect(loadTable(resultOf(closing))).toContainEqual(expect.stringMatching(line))
})

it('names the duration that a percentile requires', () => {
  // 833 gets and 167 adds in 10 s.
  const wanted = /^P99 of get_cart, add_items: requires 1,000 samples of each; --duration 6\d would/
  const lines = loadTable(resultOf(report())).map((line) =>
    line.replace('add_items, get_cart', 'get_cart, add_items'),
  )
  expect(lines).toContainEqual(expect.stringMatching(wanted))
})

describe('a load result', () => {
  it('holds counts, outcomes and figures per operation and overall', () => {
    const { overall, operations, offered_rate, achieved_rate, valid } = resultOf(report())
    expect(valid).toBe(true)
    expect(overall).toMatchObject({ count: 1000, succeeded: 990, failed: 10 })
    expect(overall.outcomes).toEqual([
      { kind: 'ok', name: 'ok', count: 990 },
      { kind: 'server_error', name: '503 STORE_DOWN', count: 10 },
    ])
    expect(operations.map(({ operation }) => operation)).toEqual(['add_items', 'get_cart'])
    expect(operations.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
    expect([offered_rate, achieved_rate]).toEqual([100, 99])
  })

  it('has the histograms that its figures came from', () => {
    const { overall } = resultOf(report())
    const read = decodeHistogram(overall.histograms.response_time)
    expect(summariseHistogram(read)).toEqual(overall.response_time)
  })

  it('is read back as it was written', () => {
    const result = resultOf(report())
    expect(parseLoadResult(JSON.stringify(result))).toEqual(result)
  })

  it('that was cut off is partial, and its rates are those of the time until then', () => {
    const { partial, cut_off, measured_s } = resultOf(report('interrupted', 7.5))
    expect({ partial, cut_off, measured_s }).toEqual({
      partial: true,
      cut_off: 'interrupted',
      measured_s: 5.5,
    })
  })

  it('without an operation is not valid, whatever the cause', () => {
    const none = createRecorder()
    const tally = {
      outcomes: [],
      response: encodeHistogram(none.tallies.get_cart.response),
      service: encodeHistogram(none.tallies.get_cart.service),
    }
    const tallies = { create_cart: tally, add_items: tally, get_cart: tally, checkout: tally }
    const { valid, invalid_because, partial } = resultOf({ ...report('interrupted', 1), tallies })
    expect({ valid, invalid_because, partial }).toEqual({
      valid: false,
      invalid_because: ['nothing was measured'],
      partial: true,
    })
  })

  it('is not valid when the generator was the bottleneck, and says why', () => {
    const { valid, invalid_because } = resultOf({ ...report(), utilisation: 0.97 })
    expect(valid).toBe(false)
    expect(invalid_because).toEqual(['the generator was busy 97 % of the time (at most 90 %)'])
  })

  it('shorter than a second is judged by its parts of seconds', () => {
    const late = report()
    const series = late.series.map((second) => ({ ...second, lag_max: 400 }))
    const short = { ...late, series, elapsed_s: 2.4, measured_from_s: 2.1 }
    const spec = { ...SPEC, duration_s: 0.3 }
    const { valid, invalid_because } = buildResult(spec, 'http://one.example', short, undefined)
    expect(valid).toBe(false)
    expect(invalid_because[0]).toMatch(/the generator was the bottleneck in \d of \d seconds/)
  })

  it('is described by the published schema', async () => {
    const published = new URL('../../src/results/load-result.schema.json', import.meta.url)
    expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(LoadResultSchema)),
    )
  })

  it.each([
    ['not JSON', '{', 'not a load result: not JSON'],
    ['another file', '[]', 'not a load result of version 1: the value must be object'],
    ['of another version', JSON.stringify({ ...resultOf(report()), version: 2 }), /\/version must/],
    [
      'damaged',
      JSON.stringify({ ...resultOf(report()), measured_s: '10' }),
      'not a load result of version 1: /measured_s must be number',
    ],
  ])('%s is refused in one line', (_, text, message) => {
    expect(() => parseLoadResult(text)).toThrow(message)
  })
})
