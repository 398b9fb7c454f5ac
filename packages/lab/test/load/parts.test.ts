import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { partOf } from '../../src/commands/part-options.ts'
import { buildResult } from '../../src/load/build-result.ts'
import { offsetOf } from '../../src/load/clock-offset.ts'
import { encodeRecorder } from '../../src/load/generator/encode-recorder.ts'
import { mergeReports } from '../../src/load/generator/merge-reports.ts'
import type { GeneratorReport } from '../../src/load/generator/messages.ts'
import type { Outcome } from '../../src/load/http/outcome.ts'
import { mergeParts } from '../../src/load/merge-parts.ts'
import { runLoadPart } from '../../src/load/part-of-load.ts'
import { openSchedule, type Step } from '../../src/load/schedule/schedule.ts'
import { type Share, WHOLE } from '../../src/load/schedule/share.ts'
import { LoadPartFileSchema, parseLoadPart } from '../../src/results/load-part.ts'
import { completeSpec, type LoadSpec } from '../../src/results/load-spec.ts'
import { samplePart } from './sample-part.ts'
import { sampleReport } from './sample-report.ts'
import { virtualRun } from './virtual-run.ts'

/** A service whose times depend on the operation alone. */
const serviceTime = (_: number, { operation, slot }: Step) =>
  1000 * (operation.length + (slot % 50))
const outcomeOf = ({ operation, slot }: Step): Outcome =>
  operation === 'get_cart' && slot % 17 === 3
    ? { kind: 'server_error', name: '503' }
    : { kind: 'ok', name: 'ok', ...(operation === 'create_cart' && { cartId: `new ${slot}` }) }

function virtualPart(load: Partial<LoadSpec>, share: Share) {
  const { spec, recorder, measuredFrom } = virtualRun(load, { serviceTime, outcomeOf, share })
  const report: GeneratorReport = {
    ...sampleReport(),
    ...encodeRecorder(recorder),
    warm_up: null,
    measured_from_s: (measuredFrom ?? 0) / 1e6,
  }
  return { spec, report }
}

describe('parts of a load', () => {
  it.each([
    { mix: 'shopper', rate: 300, duration_s: 5 },
    { mix: 'write-heavy', rate: 300, duration_s: 5 },
    { mix: 'create-heavy', rate: 200, duration_s: 5, arrivals: 'constant' },
    { mix: 'shopper', loop: 'closed', operations: 1501 },
  ] as const)('merge to every count and every time of the whole: %o', (load) => {
    const wanted = { connections: 256, shoppers: 300, warmup_s: 0, ...load }
    const whole = virtualPart(wanted, WHOLE)
    const parts = [0, 1, 2, 3].map((index) => virtualPart(wanted, [{ index, of: 4 }]).report)
    const merged = mergeReports(parts, null)
    const { series, ...figures } = buildResult(whole.spec, 'http://one.example', merged)
    const expected = buildResult(whole.spec, 'http://one.example', whole.report)
    expect(figures.overall.count).toBeGreaterThan(900)
    expect(figures.operations).toEqual(expected.operations)
    expect(figures.overall.response_time).toEqual(expected.overall.response_time)
    expect(figures.schedule_sha256).toBe(expected.schedule_sha256)
    if (load.mix === 'create-heavy') expect(series).toEqual(expected.series)
  })

  it('are run by separate processes, and merged from their files', async () => {
    const spec = completeSpec({ rate: 100, duration_s: 1, warmup_s: 0, carts: 4, shoppers: 10 })
    await using service = await startFakeCartService()
    const part = await runLoadPart(spec, { url: service.url }, { part: { index: 1, of: 1 } })
    const read = parseLoadPart(JSON.stringify(part))
    const merged = mergeParts([{ file: 'part-1.json', part: read }])
    const schedule = openSchedule(spec)
    let steps = 0
    while (schedule.next() !== null) steps++
    expect(merged.overall).toMatchObject({ count: steps, failed: 0 })
    expect(merged.parts).toHaveLength(1)
    expect(part.clock).not.toBeNull()
  }, 180_000)
})

describe('parts that cannot be merged', () => {
  const other = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2, seed: 2 })
  it.each([
    ['missing', [samplePart(1)], 'merge: part 2 of 2 is missing'],
    [
      'twice',
      [samplePart(1), samplePart(2), { ...samplePart(2), file: 'copy.json' }],
      'merge: part 2 of 2 is there twice: part-2.json, copy.json',
    ],
    [
      'of another seed',
      [samplePart(1), samplePart(2, { spec: other })],
      'merge: part-2.json and part-1.json are not parts of one load: seed is 2 and 1',
    ],
    [
      'of another service',
      [samplePart(1), samplePart(2, { target: { url: 'http://two.example' } })],
      'merge: part-2.json and part-1.json are not parts of one load: service is http://two.example and http://one.example',
    ],
    [
      'of another schedule',
      [samplePart(1), samplePart(2, { schedule_sha256: 'b'.repeat(64) })],
      /schedule is b+ and [0-9a-f]{64}$/,
    ],
    [
      'measured later, by the clock of the service',
      [samplePart(1), samplePart(2, { clock: { offset_ms: 4000, uncertainty_ms: 60 } })],
      'merge: the parts were measured at the same time for 43 % of their time only (at least 90 %); give all of them the same --start-at',
    ],
  ] as const)('are refused in one line: %s', (_, parts, message) => {
    expect(() => mergeParts(parts)).toThrow(message)
  })

  it('are merged when both are there, whatever their clocks say', () => {
    const [early, late] = ['2026-11-30T14:05:00.000Z', '2026-11-30T14:05:04.000Z']
    const one = samplePart(1, { generators: [{ ...sampleReport(), started_at: early }] })
    const two = samplePart(2, {
      generators: [{ ...sampleReport(), started_at: late }],
      clock: { offset_ms: -4000, uncertainty_ms: 60 },
    })
    const result = mergeParts([two, one])
    expect(result.overall.count).toBe(2000)
    expect(result.parts?.map(({ started_at }) => started_at)).toEqual([early, early])
    expect(result.warm_up).toMatchObject({ seconds: 2, ended_by: 'steady' })
  })
})

it('a part is described by the published schema', async () => {
  const published = new URL('../../src/results/load-part.schema.json', import.meta.url)
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(LoadPartFileSchema)),
  )
})

describe('the offset of a clock', () => {
  it('is bounded by dates of whole seconds', () => {
    const offset = 3210
    const samples = Array.from({ length: 12 }, (_, index) => {
      const sent = 1_000_000 + 130 * index
      const date = Math.floor((sent + 5 + offset) / 1000) * 1000
      return { sent, received: sent + 10, date }
    })
    const found = offsetOf(samples)
    expect(Math.abs((found?.offset_ms ?? 0) - offset)).toBeLessThanOrEqual(
      found?.uncertainty_ms ?? 0,
    )
    expect(found?.uncertainty_ms).toBeLessThan(100)
    expect(offsetOf([])).toBeNull()
  })
})

describe('--part and --start-at', () => {
  const now = Date.parse('2026-11-30T14:00:00Z')
  const read = (part: string, startAt?: string) => partOf({ part, startAt }, true, now)

  it('name a part and a time of today, or tomorrow when that was long ago', () => {
    expect(read('2/8', '14:05:00Z')).toEqual({ part: { index: 2, of: 8 }, startAt: now + 300_000 })
    expect(read('1/1', '00:10Z')?.startAt).toBe(Date.parse('2026-12-01T00:10:00Z'))
    expect(read('8/8', '2026-11-30T14:00:01.5Z')?.startAt).toBe(now + 1500)
    expect(partOf({}, false)).toBeNull()
  })

  it.each([
    ['9/8', undefined, 'part: "9/8" is not like 2/8'],
    ['0/8', undefined, 'part: "0/8" is not like'],
    ['two', undefined, 'part: "two" is not like'],
    ['1/8', '13:59:00Z', 'start-at: 13:59:00Z has passed; it is 2026-11-30T14:00:00.000Z'],
    ['1/8', '2027-03-01T00:00:00Z', 'start-at: 2027-03-01T00:00:00Z is more than a day ahead'],
    ['1/8', 'noon', 'start-at: "noon" is not a UTC time'],
    ['1/8', '25:00:00Z', 'start-at: "25:00:00Z" is not a UTC time'],
  ])('are refused in one line: %s %s', (part, startAt, message) => {
    expect(() => read(part, startAt)).toThrow(message)
  })

  it('apply to a load', () => {
    expect(() => partOf({ part: '1/2' }, false)).toThrow('part: requires a load')
    expect(() => partOf({ startAt: '14:05:00Z' }, true)).toThrow('start-at: requires --part')
  })
})
