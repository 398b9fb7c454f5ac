import { describe, expect, it, test } from 'vitest'
import { sweepLoad } from '../../../src/model/simulate/load-sweep.ts'
import { createServiceTasks } from '../../../src/model/simulate/service-tasks.ts'
import { type Simulation, simulate } from '../../../src/model/simulate/simulate.ts'
import {
  type MeasuredPoint,
  type RunFigures,
  validatePoint,
  validation,
} from '../../../src/model/simulate/validate.ts'
import { latencyFigures } from '../../../src/model/simulate/weighted-percentile.ts'
import { shoppersAt } from '../../../src/model/simulate/workload.ts'
import { dynamodb, postgres, service, steady, workload } from './sample-simulation.ts'

const run = (change: Partial<Simulation> = {}) =>
  simulate({ service, store: postgres, workload: workload(), seed: 1, ...change })
const at = (shoppers: number) => workload({ phases: steady(shoppers) })

test('the result is determined by the seed', () => {
  expect(run()).toEqual(run())
  expect(run({ seed: 2 }).latency).not.toEqual(run().latency)
})

test('at low load the latencies are the measured ones', () => {
  const { latency, error_share, throughput } = run({
    workload: workload({ phases: steady(1, 300) }),
  })
  expect(latency?.p50).toBeGreaterThan(1.9)
  expect(latency?.p50).toBeLessThan(2.15)
  expect(latency?.p99).toBeGreaterThan(7)
  expect(latency?.p99).toBeLessThan(9.5)
  expect([error_share, throughput]).toEqual([0, 1])
})

describe('PostgreSQL', () => {
  it('serves up to the capacity of its cores', () => {
    const over = run({ workload: at(30_000) })
    expect(over.throughput).toBeCloseTo(2 / 1.4e-4, -1)
    expect(over.limit).toBe('database_cpu')
    expect(run({ workload: at(30_000), store: { ...postgres, cores: 8 } })).toMatchObject({
      limit: null,
      error_share: 0,
    })
  })

  it('reads can move to replicas; writes stay with the one writer', () => {
    const reads = workload({ mix: { get_cart: 1 }, phases: steady(30_000) })
    const writes = workload({ mix: { add_items: 1 }, phases: steady(30_000) })
    const replicas = { ...postgres, read_replicas: 3 }
    expect(run({ workload: reads }).error_share).toBeGreaterThan(0.1)
    expect(run({ workload: reads, store: replicas }).error_share).toBe(0)
    const onOne = run({ workload: writes })
    expect(onOne.throughput).toBeCloseTo(10_000, -1)
    expect(run({ workload: writes, store: replicas }).throughput).toBeCloseTo(onOne.throughput, 6)
  })

  it('is limited by connections, the log, or the row lock of one cart', () => {
    const large = { ...postgres, cores: 64 }
    const limited = (store: Partial<typeof postgres>, hot_share = 0) =>
      run({ store: { ...large, ...store }, workload: { ...at(30_000), hot_share } }).limit
    expect(limited({})).toBeNull()
    expect(limited({ max_connections: 5 })).toBe('connections')
    expect(limited({ wal_bytes_per_s: 1e6 })).toBe('log_bandwidth')
    // 0.2 ms and a flush of 1 ms for each add: 833 a second to one cart.
    expect(limited({}, 0.06)).toBeNull()
    expect(limited({}, 0.08)).toBe('one_cart')
  })
})

describe('service tasks', () => {
  it('follow the load after a delay, and not before', () => {
    const tasks = createServiceTasks(service, 1)
    expect(tasks.running).toBe(2)
    for (let second = 0; second < 179; second++) tasks.step(5, 1)
    expect(tasks.running).toBe(2)
    for (let second = 0; second < 3; second++) tasks.step(5, 1)
    expect(tasks.running).toBe(10)
  })

  it('are stopped after a long period of lower load, down to the minimum', () => {
    const tasks = createServiceTasks(service, 5)
    for (let second = 0; second < 899; second++) tasks.step(0, 1)
    expect(tasks.running).toBe(10)
    tasks.step(0, 1)
    expect(tasks.running).toBe(2)
  })

  it('reject requests while there are too few, until new ones run', () => {
    const phases = [...steady(1000, 30), ...steady(60_000, 400)]
    const result = run({
      store: { ...dynamodb, warm: { write: 1e5, read: 1e5 }, quota: null },
      workload: workload({ phases }),
    })
    expect(result.limit).toBe('service_cpu')
    const served = (second: number) => result.seconds[second]?.served ?? 0
    expect(served(100)).toBeCloseTo(20_000, -1)
    expect(served(429)).toBeCloseTo(60_000, -1)
  })
})

describe('a sweep over loads', () => {
  const question = { service, store: postgres, workload: workload(), seed: 1 }

  it('finds where a store saturates and what limits it', () => {
    const sweep = sweepLoad(question, [100, 1000, 10_000, 30_000])
    expect(sweep).toMatchObject({ store: 'postgres', limit: 'database_cpu' })
    // Two cores of 7,143 operations a second; a queue that fills within two minutes ends it just above.
    expect(sweep.most_shoppers).toBeGreaterThan(13_500)
    expect(sweep.most_shoppers).toBeLessThan(14_600)
    expect(sweep.points.map(({ shoppers }) => shoppers)).toEqual([100, 1000, 10_000, 30_000])
    expect(sweep.points.at(-1)?.error_share).toBeGreaterThan(0.4)
  })

  it('reports when the largest load is served well, and when not even the smallest is', () => {
    expect(sweepLoad(question, [1, 10])).toMatchObject({ most_shoppers: 10, limit: null })
    const strict = { p99_ms: 0.1, error_share: 0 }
    expect(sweepLoad(question, [1, 10], strict)).toMatchObject({
      most_shoppers: null,
      limit: 'latency',
    })
  })

  it('simulates a million shoppers', () => {
    const sweep = sweepLoad(
      {
        ...question,
        store: { ...dynamodb, quota: null },
        workload: workload({ shopper_rate: 0.1 }),
      },
      [1e6],
    )
    expect(sweep.points[0]).toMatchObject({ offered: 100_000, error_share: 0 })
  })
})

describe('validation', () => {
  const validate = (
    points: readonly MeasuredPoint[],
    by: (offered: number) => RunFigures = predict,
  ) => validation(points.map((one) => validatePoint(one, by(one.offered))))
  const predict = (offered: number) => ({ throughput: offered, p50_ms: 2, p99_ms: 12 })
  const point = (record: string, throughput: number, p99_ms: number | null) => ({
    record,
    offered: 100,
    throughput,
    p50_ms: 2,
    p99_ms,
  })

  it('states each error, the median and the maximum', () => {
    const { points, counts, typical, worst } = validate(
      [point('a', 100, 10), point('b', 96, 16), point('c', 100, 12)],
      predict,
    )
    expect(points.map(({ error }) => Number(error.p99_ms?.toFixed(3)))).toEqual([0.2, -0.25, 0])
    expect(counts).toEqual({ throughput: 3, p50_ms: 3, p99_ms: 3 })
    expect(typical).toEqual({ throughput: 0, p50_ms: 0, p99_ms: expect.closeTo(0.2, 9) })
    expect(worst).toEqual({ throughput: expect.closeTo(1 / 24, 9), p50_ms: 0, p99_ms: 0.25 })
  })

  it('compares no latency of a run in which either fell behind', () => {
    const { points, counts, worst } = validate([point('a', 80, 10)], predict)
    expect(points[0]).toMatchObject({
      behind: 'measured',
      error: { throughput: 0.25, p50_ms: null, p99_ms: null },
    })
    expect([counts.p50_ms, worst.p99_ms]).toEqual([0, null])
    const late = (offered: number) => ({ ...predict(offered), throughput: 80 })
    const who = (throughput: number) =>
      validate([point('a', throughput, 10)], late).points[0]?.behind
    expect([who(100), who(80)]).toEqual(['predicted', 'both'])
  })

  it('has no error for figures that were not measured', () => {
    expect(validate([point('a', 100, null)], predict).typical.p99_ms).toBeNull()
    expect(validate([], predict).worst).toEqual({ throughput: null, p50_ms: null, p99_ms: null })
  })
})

test('weighted percentiles are by nearest rank', () => {
  const figures = latencyFigures([
    { ms: 30, weight: 1 },
    { ms: 10, weight: 98 },
    { ms: 20, weight: 1 },
  ])
  expect(figures).toEqual({ p50: 10, p99: 20 })
  expect(latencyFigures([{ ms: 1, weight: 0 }])).toBeNull()
})

test('the number of shoppers changes linearly within a phase', () => {
  const phases = [
    { seconds: 10, from: 0, to: 100 },
    { seconds: 10, from: 100, to: 50 },
  ]
  expect([0, 5, 10, 15, 25].map((second) => shoppersAt({ phases }, second))).toEqual([
    0, 50, 100, 75, 50,
  ])
})
