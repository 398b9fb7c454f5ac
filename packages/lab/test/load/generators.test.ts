import { describe, expect, it } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { buildResult } from '../../src/load/build-result.ts'
import { mergeReports } from '../../src/load/generator/merge-reports.ts'
import { runLoad, scheduleHash } from '../../src/load/run-load.ts'
import { openSchedule } from '../../src/load/schedule/schedule.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { decodeHistogram } from '../../src/stats/histogram.ts'
import { sampleReport } from './sample-report.ts'

describe('several generators', () => {
  it('execute the schedule of one, and begin the measured time together', async () => {
    await using service = await startFakeCartService()
    const load = { rate: 200, duration_s: 1, warmup_s: 0.5, carts: 20, connections: 6 }
    const spec = completeSpec({ ...load, shoppers: 20 })
    const result = await runLoad(
      spec,
      { url: service.url },
      { generators: () => 2, keepsTimes: true },
    )
    const planned = new Map<string, number>()
    const schedule = openSchedule(spec)
    for (let step = schedule.next(); step !== null; step = schedule.next())
      planned.set(step.operation, (planned.get(step.operation) ?? 0) + 1)
    for (const { operation, count, failed } of result.operations)
      expect({ operation, count, failed }).toEqual({
        operation,
        count: planned.get(operation),
        failed: 0,
      })
    expect(result.schedule_sha256).toBe(scheduleHash(spec))
    expect(result.warm_up).toMatchObject({ seconds: 0.5, ended_by: 'time' })
    const { each = [], connections_opened } = result.generator
    expect(each).toHaveLength(2)
    expect(each.reduce((sum, { count }) => sum + count, 0)).toBe(result.overall.count)
    expect(connections_opened).toBe(6)
    // Every response time, of the warm-up too, is in the histogram of its second.
    const times = result.series.flatMap(({ response_times: text }) => text ?? [])
    const counted = times.map(decodeHistogram).reduce((sum, { totalCount }) => sum + totalCount, 0)
    expect(counted).toBe(result.series.reduce((sum, { count }) => sum + count, 0))
  }, 180_000)
})

describe('one slow generator of several', () => {
  const spec = completeSpec({ rate: 100, duration_s: 10, warmup_s: 2 })
  const merged = (second: Partial<ReturnType<typeof sampleReport>>) =>
    buildResult(
      spec,
      'http://one.example',
      mergeReports([sampleReport(), { ...sampleReport(), ...second }], null),
    )

  it('makes the run invalid and is named', () => {
    expect(merged({}).invalid_because).toEqual([])
    const { valid, invalid_because, generator } = merged({ utilisation: 0.97 })
    expect(valid).toBe(false)
    expect(invalid_because).toEqual(['generator 2 of 2 was busy 97 % of the time (at most 90 %)'])
    expect(generator.each?.map(({ utilisation }) => utilisation)).toEqual([0.1, 0.97])
  })

  it('counts what both measured', () => {
    const { overall, generator } = merged({})
    expect(overall).toMatchObject({ count: 2000, succeeded: 1980, failed: 20 })
    expect(overall.response_time.count).toBe(1980)
    expect(generator.each).toEqual([generator.each?.[0], generator.each?.[0]])
    expect(generator.each?.[0]).toMatchObject({ count: 1000, failed: 10 })
    expect(generator.cpu_s).toBe(3)
  })

  it('that was cut off names the reason that stopped all', () => {
    const cut = { cut_off: 'the service has not responded for 15 s', elapsed_s: 11 }
    const others = { ...sampleReport(), cut_off: 'interrupted', elapsed_s: 11.1 }
    const report = mergeReports([others, { ...sampleReport(), ...cut }], null)
    expect(report.cut_off).toBe('the service has not responded for 15 s')
  })

  it('that began at another time is an error', () => {
    const late = { ...sampleReport(), measured_from_s: 2.1 }
    expect(() => mergeReports([sampleReport(), late], null)).toThrow('did not begin together')
  })
})
