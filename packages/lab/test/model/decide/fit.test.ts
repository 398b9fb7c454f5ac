import { describe, expect, it } from 'vitest'
import { checkSimulation } from '../../../src/model/decide/check-simulation.ts'
import type { RunEvidence } from '../../../src/model/decide/evidence.ts'
import { createDraw } from '../../../src/model/simulate/draw.ts'
import { serviceVariability } from '../../../src/model/simulate/fit.ts'
import { sampleEvidence, sampleRun } from './sample-evidence.ts'

const MACHINE = { service_cores: 1, database_cores: 1, connections: 100 }
const CPU_S = 4e-4
const ARRIVALS = 20_000

/**
 * A run on a machine that differs from the model: single operations were measured with less CPU than they need under
 * load, and service times are lognormal. Simulated request by request, with nothing in common with the formulas.
 */
function recorded(offered: number, seed: number): RunEvidence {
  const draw = createDraw(seed)
  const times: number[] = []
  let [now, free] = [0, 0]
  for (let arrival = 0; arrival < ARRIVALS; arrival++) {
    now += draw.exponential(1 / offered)
    const start = Math.max(now, free)
    free = start + draw.lognormal(CPU_S * 0.85, CPU_S * 3.2)
    times.push(1000 * (free - now + draw.lognormal(5e-4, 1e-3)))
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * times.length)] ?? 0
  const overall = {
    count: ARRIVALS,
    average: at(0.5),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  }
  return sampleRun({
    record: `results.json#/runs/${offered}`,
    offered,
    throughput: offered,
    overall,
    operations: { get_cart: overall },
  })
}

const RUNS = [50, 500, 1000, 1500, 1900, 2200].map(recorded)

function store(runs: readonly RunEvidence[]) {
  const { postgres } = sampleEvidence({ postgres: { runs } })
  const { get_cart } = postgres.operations
  if (get_cart === undefined) throw new Error('the sample has gets')
  const database_cpu_s = { value: CPU_S / 1.6, source: { kind: 'assumed', why: 'a test' } } as const
  return { ...postgres, operations: { get_cart: { ...get_cart, database_cpu_s } } }
}

describe('the fit of the simulation to the runs of one comparison', () => {
  it('predicts held-back rates within 25 % at P50 and 50 % at P99 where the bare measurements do not', () => {
    const { points, fit, worst } = checkSimulation(store(RUNS), MACHINE)
    expect(points.map(({ offered }) => offered)).toEqual([500, 1000, 1500, 1900, 2200])
    expect(fit.cpu).toBeGreaterThan(1.2)
    expect(worst.p50_ms).toBeLessThan(0.25)
    expect(worst.p99_ms).toBeLessThan(0.5)
    // Two runs are too few to fit to.
    const bare = checkSimulation(
      store([RUNS[0], RUNS[4], RUNS[5]].flatMap((run) => run ?? [])),
      MACHINE,
    )
    expect(bare.fit).toEqual({ cpu: 1, variability: 1, latency: 1 })
    expect(bare.worst.p99_ms).toBeGreaterThan(0.5)
    expect(bare.range.p99_ms).toBeNull()
  })

  it('a run is predicted by a fit that does not know it', () => {
    const changed = RUNS.map((run) =>
      run.offered === 1900 ? { ...run, overall: { ...times(run), p50: 50, p99: 900 } } : run,
    )
    const before = checkSimulation(store(RUNS), MACHINE)
    const after = checkSimulation(store(changed), MACHINE)
    const of = (check: typeof before) => check.points.find(({ offered }) => offered === 1900)
    expect(of(after)?.predicted).toEqual(of(before)?.predicted)
    expect(of(after)?.error.p99_ms).not.toEqual(of(before)?.error.p99_ms)
  })

  it('has a range that contains each measured figure, however far off the prediction is', () => {
    const noise = createDraw(7)
    const runs = RUNS.map((run) => {
      const { p50, p99 } = times(run)
      const own = 2 ** (4 * noise.uniform() - 2)
      return { ...run, overall: { ...times(run), p50: (p50 ?? 0) * own, p99: (p99 ?? 0) * own } }
    })
    const { points, range } = checkSimulation(store(runs), MACHINE)
    const compared = points.filter(({ behind }) => behind === null)
    expect(compared.length).toBeGreaterThan(3)
    for (const { measured, predicted } of compared)
      for (const figure of ['throughput', 'p50_ms', 'p99_ms'] as const) {
        const { low, high } = range[figure] ?? { low: Number.NaN, high: Number.NaN }
        expect(measured[figure]).toBeGreaterThanOrEqual((predicted[figure] ?? 0) * low * 0.999999)
        expect(measured[figure]).toBeLessThanOrEqual((predicted[figure] ?? 0) * high * 1.000001)
      }
  })
})

function times({ overall }: RunEvidence) {
  if (overall === null) throw new Error('the run has latencies')
  return overall
}

describe('the variability of service times', () => {
  it('is 0 for equal times and that of a lognormal for one kind', () => {
    const equal = { median_s: 0.002, p99_s: 0.002 }
    expect(serviceVariability({ get_cart: 1 }, { get_cart: 1e-3 }, { get_cart: equal })).toBe(0)
    // exp(s^2) - 1 with s = ln(4) / 2.3263.
    const spread = { median_s: 0.002, p99_s: 0.008 }
    expect(
      serviceVariability({ get_cart: 1 }, { get_cart: 1e-3 }, { get_cart: spread }),
    ).toBeCloseTo(Math.exp((Math.log(4) / 2.32635) ** 2) - 1, 5)
  })

  it('includes the difference between the kinds', () => {
    const equal = { median_s: 0.002, p99_s: 0.002 }
    const found = serviceVariability(
      { get_cart: 1, add_items: 1 },
      { get_cart: 1, add_items: 3 },
      { get_cart: equal, add_items: equal },
    )
    expect(found).toBeCloseTo(5 / 4 - 1, 9)
  })
})
