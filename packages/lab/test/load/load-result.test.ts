import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { loadTable } from '../../src/commands/load-table.ts'
import { buildResult } from '../../src/load/build-result.ts'
import type { GeneratorReport } from '../../src/load/generator/messages.ts'
import { createRecorder } from '../../src/load/generator/recorder.ts'
import { LoadResultSchema, parseLoadResult } from '../../src/results/load-result.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { decodeHistogram, encodeHistogram, summariseHistogram } from '../../src/stats/histogram.ts'
import { sampleReport } from './sample-report.ts'

const SPEC = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 })

const resultOf = (from: GeneratorReport) => buildResult(SPEC, 'http://one.example', from)

it('says in one line that connecting is part of the response times', () => {
  const line = /^\d+ connections were opened for 1200 operations: the service closes them/
  expect(loadTable(resultOf(sampleReport()))).not.toContainEqual(expect.stringMatching(line))
  const closing = { ...sampleReport(), connections_opened: 1100 }
  expect(loadTable(resultOf(closing))).toContainEqual(expect.stringMatching(line))
})

it('names the duration that a percentile requires', () => {
  // 833 gets and 167 adds in 10 s.
  const wanted = /^P99 of get_cart, add_items: requires 1,000 samples of each; --duration 6\d would/
  const lines = loadTable(resultOf(sampleReport())).map((line) =>
    line.replace('add_items, get_cart', 'get_cart, add_items'),
  )
  expect(lines).toContainEqual(expect.stringMatching(wanted))
})

describe('a load result', () => {
  it('holds counts, outcomes and figures per operation and overall', () => {
    const { overall, operations, offered_rate, achieved_rate, valid } = resultOf(sampleReport())
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
    const { overall } = resultOf(sampleReport())
    const read = decodeHistogram(overall.histograms.response_time)
    expect(summariseHistogram(read)).toEqual(overall.response_time)
  })

  it('is read back as it was written', () => {
    const result = resultOf(sampleReport())
    expect(parseLoadResult(JSON.stringify(result))).toEqual(result)
  })

  it('that was cut off is partial, and its rates are those of the time until then', () => {
    const { partial, cut_off, measured_s } = resultOf(sampleReport('interrupted', 7.5))
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
    const { valid, invalid_because, partial } = resultOf({
      ...sampleReport('interrupted', 1),
      tallies,
    })
    expect({ valid, invalid_because, partial }).toEqual({
      valid: false,
      invalid_because: ['nothing was measured'],
      partial: true,
    })
  })

  it('is not valid when the generator was the bottleneck, and says why', () => {
    const { valid, invalid_because } = resultOf({ ...sampleReport(), utilisation: 0.97 })
    expect(valid).toBe(false)
    expect(invalid_because).toEqual(['the generator was busy 97 % of the time (at most 90 %)'])
  })

  it('shorter than a second is judged by its parts of seconds', () => {
    const late = sampleReport()
    const series = late.series.map((second) => ({ ...second, lag_max: 400 }))
    const short = { ...late, series, elapsed_s: 2.4, measured_from_s: 2.1 }
    const spec = { ...SPEC, duration_s: 0.3 }
    const { valid, invalid_because } = buildResult(spec, 'http://one.example', short)
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
    [
      'of another version',
      JSON.stringify({ ...resultOf(sampleReport()), version: 2 }),
      /\/version must/,
    ],
    [
      'damaged',
      JSON.stringify({ ...resultOf(sampleReport()), measured_s: '10' }),
      'not a load result of version 1: /measured_s must be number',
    ],
  ])('%s is refused in one line', (_, text, message) => {
    expect(() => parseLoadResult(text)).toThrow(message)
  })
})
