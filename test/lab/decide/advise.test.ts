import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Prices } from '../../../lab/cost/prices.ts'
import { readPrices } from '../../../lab/cost/read-prices.ts'
import { type Advice, advise, whenToChoose } from '../../../lab/decide/advise.ts'
import { checkSimulation } from '../../../lab/decide/check-simulation.ts'
import { type Evidence, noEvidence } from '../../../lab/decide/evidence.ts'
import { storeLimits } from '../../../lab/decide/limits.ts'
import { oneShop } from '../../../lab/decide/one-shop.ts'
import { demandOf, SCENARIOS, type Scenario, workloadOf } from '../../../lab/decide/scenarios.ts'
import { OPERATION_KINDS } from '../../../lab/results/operation-kinds.ts'
import { noLostAdd, sampleEvidence, sampleRun } from './sample-evidence.ts'

const prices = readPrices()

const scenario = (id: string): Scenario => {
  const found = SCENARIOS.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no scenario ${id}`)
  return { ...found, rise_s: 30 }
}

function adviceFor(id: string, evidence: Evidence, other: Prices = prices): Advice {
  const [advice] = advise(evidence, other, { scenarios: [scenario(id)] })
  if (advice === undefined) throw new Error('no advice')
  return advice
}

/** All prices that begin so, times a factor. */
function repriced(prefix: string, factor: number): Prices {
  const changed = Object.entries(prices.prices).map(([id, price]) => [
    id,
    id.startsWith(prefix) ? { ...price, price: price.price * factor } : price,
  ])
  const instances = prices.rds_instances.map((one) => ({
    ...one,
    price: 'rds.instance'.startsWith(prefix) ? one.price * factor : one.price,
  }))
  return { ...prices, prices: Object.fromEntries(changed), rds_instances: instances }
}

/** The sample with another use of DynamoDB's units, or of PostgreSQL's CPU. */
function heavier({ units = 1, cpu = 1 }: { units?: number; cpu?: number }): Evidence {
  const times = (figure: { value: number; record: string } | null, factor: number) =>
    figure === null ? null : { ...figure, value: figure.value * factor }
  const { postgres, dynamodb } = sampleEvidence()
  const each = <T>(map: (kind: (typeof OPERATION_KINDS)[number]) => T | undefined) =>
    Object.fromEntries(
      OPERATION_KINDS.flatMap((kind) => (map(kind) === undefined ? [] : [[kind, map(kind)]])),
    )
  return {
    postgres: {
      ...postgres,
      operations: each((kind) => {
        const own = postgres.operations[kind]
        return own && { ...own, database_cpu_s: times(own.database_cpu_s, cpu) }
      }),
    },
    dynamodb: {
      ...dynamodb,
      operations: each((kind) => {
        const own = dynamodb.operations[kind]
        return own && { ...own, write_units: times(own.write_units, units) }
      }),
    },
  }
}

describe('the recommendation', () => {
  it('is DynamoDB for a startup by cost, with the evidence and what would change it', () => {
    const advice = adviceFor('growing', sampleEvidence())
    expect(advice.choice).toBe('dynamodb')
    expect(advice.headline).toMatch(
      /^DynamoDB: both serve it, for \$\d+ a month against \$\d+ with PostgreSQL\.$|^DynamoDB: both serve it, for \$\d+ a month against \$\d+ a month with PostgreSQL\.$/,
    )
    expect(advice.reasons.map(({ basis }) => basis)).toEqual(
      expect.arrayContaining(['modelled', 'simulated', 'assumed']),
    )
    expect(advice.reasons.flatMap(({ records }) => records)).toEqual(
      expect.arrayContaining(['results.json#/postgres', 'results.json#/dynamodb']),
    )
    expect(advice.would_change.join(' ')).toMatch(
      /Above [\d.,]+ operations a second on average PostgreSQL costs less/,
    )
    expect(advice.would_change.join(' ')).toContain('A run against the real DynamoDB')
  })

  it('is PostgreSQL for much traffic of the same kind', () => {
    expect(adviceFor('global', sampleEvidence()).choice).toBe('postgres')
  })

  it('turns with the prices', () => {
    expect(adviceFor('growing', sampleEvidence(), repriced('rds', 0.01)).choice).not.toBe(
      'dynamodb',
    )
    expect(adviceFor('growing', sampleEvidence(), repriced('dynamodb', 1000)).choice).toBe(
      'postgres',
    )
    expect(adviceFor('global', sampleEvidence(), repriced('dynamodb', 0.05)).choice).toBe(
      'dynamodb',
    )
  })

  it('turns with the units that were measured', () => {
    expect(adviceFor('growing', heavier({ units: 1000 })).choice).toBe('postgres')
  })

  it('turns with the CPU that was measured, and beyond any instance says that only the other is left', () => {
    expect(adviceFor('global', heavier({ cpu: 200 })).choice).toBe('dynamodb')
    const advice = adviceFor('global', heavier({ cpu: 10_000 }))
    expect(advice.choice).toBe('dynamodb')
    expect(advice.headline).toMatch(/PostgreSQL would not\.$/)
    expect(advice.reasons).toContainEqual(
      expect.objectContaining({
        basis: 'modelled',
        text: expect.stringContaining('no instance class has'),
      }),
    )
  })

  it('never falls on a store that lost an add, and names the record', () => {
    const lost = { guarantees: [noLostAdd('violated')] }
    const advice = adviceFor('growing', sampleEvidence({ dynamodb: lost }))
    expect(advice.choice).toBe('postgres')
    expect(advice.reasons).toContainEqual({
      basis: 'measured',
      text: expect.stringContaining('DynamoDB: No lost add: not met'),
      records: ['consistency_test_results.json#/3'],
    })
    expect(adviceFor('growing', sampleEvidence({ dynamodb: lost, postgres: lost })).choice).toBe(
      'neither',
    )
  })

  it('is either where the costs are too close to tell', () => {
    const [advice] = advise(sampleEvidence(), prices, {
      scenarios: [scenario('growing')],
      margin: 10,
    })
    expect(advice?.choice).toBe('either')
    expect(advice?.headline).toContain('too close to tell')
  })

  it('falls on the other where a store is simulated to fail at the peak', () => {
    const slow = sampleRun({
      operations: Object.fromEntries(
        OPERATION_KINDS.map((kind) => [
          kind,
          { count: 10, average: 400, p50: 400, p95: 500, p99: 600 },
        ]),
      ),
    })
    const real = sampleEvidence({ dynamodb: { emulator: false, runs: [slow] } })
    const advice = adviceFor('growing', real)
    expect(advice.choice).toBe('postgres')
    expect(advice.reasons).toContainEqual(
      expect.objectContaining({
        basis: 'simulated',
        text: expect.stringMatching(/^DynamoDB: At the peak p99 \d+ ms/),
      }),
    )
  })
})

describe('where the evidence cannot support a choice', () => {
  const nothing: Evidence = {
    postgres: noEvidence('postgres', 'PostgreSQL', false),
    dynamodb: noEvidence('dynamodb', 'DynamoDB', true),
  }

  it('the advice says so and names what is missing', () => {
    const advice = adviceFor('startup', nothing)
    expect(advice.choice).toBe('undecided')
    expect(advice.headline).toMatch(
      /^The evidence cannot support a choice\. Not measured: .*; and \d+ more\.$/,
    )
    expect(advice.missing).toContain('DynamoDB: no lost add')
    expect(advice.missing).toContain('DynamoDB: write units of create_cart, add_items, get_cart')
  })

  it('one missing measurement is enough', () => {
    const advice = adviceFor('growing', sampleEvidence({ dynamodb: { cart_bytes: null } }))
    expect(advice.choice).toBe('undecided')
    expect(advice.missing).toEqual(['DynamoDB: bytes per cart'])
    expect(advice.would_change).toContain('Measuring DynamoDB: bytes per cart.')
  })

  it('a quick comparison fills some of it, and what it filled is no longer missing', () => {
    const quick = { runs: [sampleRun({ clients: 1 })], guarantees: [noLostAdd('holds')] }
    const advice = adviceFor('startup', {
      postgres: { ...nothing.postgres, ...quick },
      dynamodb: { ...nothing.dynamodb, ...quick },
    })
    expect(advice.choice).toBe('undecided')
    expect(advice.missing.join()).not.toMatch(/latency|lost add|success rate/)
  })

  it('a store that lost an add is ruled out all the same, but the other is not chosen unmeasured', () => {
    const lost = { ...nothing.postgres, guarantees: [noLostAdd('violated')] }
    const advice = adviceFor('startup', { ...nothing, postgres: lost })
    expect(advice.choice).toBe('undecided')
    expect(advice.postgres.fitness).toBe('unfit')
  })
})

/** What the rule says of two stores whose simulations meet the objective. */
function expectedChoice({ postgres, dynamodb }: Advice): Advice['choice'] {
  const fit = [postgres, dynamodb].filter(({ fitness }) => fitness === 'fit')
  if (fit.length < 2) return fit[0]?.store ?? 'neither'
  const [a, b] = [postgres.cost.total ?? 0, dynamodb.cost.total ?? 0]
  if (Math.max(a, b) <= 1.15 * Math.min(a, b)) return 'either'
  return a < b ? 'postgres' : 'dynamodb'
}

test('property: the choice is the cheaper of two fit stores, and never one that lost an add', () => {
  const factor = fc.constantFrom(0.01, 0.1, 0.5, 1, 2, 10, 100)
  const verdict = fc.constantFrom('holds' as const, 'violated' as const)
  const seen = new Set<string>()
  fc.assert(
    fc.property(factor, factor, verdict, verdict, (units, rds, a, b) => {
      const { postgres, dynamodb } = heavier({ units })
      const advice = adviceFor(
        'growing',
        {
          postgres: { ...postgres, guarantees: [noLostAdd(a)] },
          dynamodb: { ...dynamodb, guarantees: [noLostAdd(b)] },
        },
        repriced('rds', rds),
      )
      expect(advice.choice).toBe(expectedChoice(advice))
      expect(advice.postgres.fitness).toBe(a === 'holds' ? 'fit' : 'unfit')
      expect(advice.dynamodb.fitness).toBe(b === 'holds' ? 'fit' : 'unfit')
      seen.add(advice.choice)
    }),
    { numRuns: 12, seed: 4 },
  )
  expect([...seen].sort()).toEqual(['dynamodb', 'either', 'neither', 'postgres'])
})

test('when to choose a store: the scenarios that did, and what would turn the others', () => {
  const both = advise(sampleEvidence(), prices, {
    scenarios: [scenario('growing'), scenario('global')],
  })
  const [growing, global] = both
  const dynamodb = whenToChoose('dynamodb', both)
  expect(dynamodb[0]).toBe(`${growing?.scenario.title}. ${growing?.headline}`)
  expect(dynamodb.slice(1).every((one) => one.startsWith(`${global?.scenario.title}. `))).toBe(true)
  expect(dynamodb.join(' ')).toMatch(
    /Below [\d.,]+ operations a second on average DynamoDB costs less/,
  )
  // That its p99 may be too high is no reason to choose it.
  expect(dynamodb.join(' ')).not.toContain('A run against')
  const one = both.slice(0, 1)
  expect(whenToChoose('postgres', one).join(' ')).toContain('PostgreSQL costs less')
})

describe('one shop', () => {
  it('prices each part by itself and turns with the prices', () => {
    const stores = (other: Prices) =>
      Object.fromEntries(
        oneShop(sampleEvidence(), other, scenario('growing')).map(({ part, store }) => [
          part,
          store,
        ]),
      )
    expect(stores(prices)).toEqual({
      carts: 'dynamodb',
      sessions: 'dynamodb',
      'order history': 'dynamodb',
      'all three': 'dynamodb',
      catalog: null,
    })
    expect(stores(repriced('dynamodb', 1e4))).toEqual({
      carts: 'postgres',
      sessions: 'postgres',
      'order history': 'postgres',
      'all three': 'postgres',
      catalog: null,
    })
  })

  it('prices all three on one database, which for PostgreSQL is one instance and not three', () => {
    const parts = oneShop(sampleEvidence(), prices, scenario('growing'))
    const cost = (part: string, store: 'postgres' | 'dynamodb') =>
      parts.find((one) => one.part === part)?.database_cost[store] ?? Number.NaN
    const each = (store: 'postgres' | 'dynamodb') =>
      ['carts', 'sessions', 'order history'].reduce((sum, part) => sum + cost(part, store), 0)
    expect(cost('all three', 'postgres')).toBeLessThan(0.5 * each('postgres'))
    expect(cost('all three', 'dynamodb')).toBeGreaterThan(0.9 * each('dynamodb'))
  })

  it('has no opinion on what was not measured', () => {
    const { list_carts: _, ...operations } = sampleEvidence().dynamodb.operations
    const parts = oneShop(sampleEvidence({ dynamodb: { operations } }), prices, scenario('growing'))
    const history = parts.find(({ part }) => part === 'order history')
    expect(history?.store).toBeNull()
    expect(history?.text).toContain('not all of its operations were measured')
  })
})

test('scenarios: demand and workload agree with the numbers in their titles', () => {
  const { traffic, carts } = demandOf(scenario('growing'))
  const daily = OPERATION_KINDS.reduce(
    (sum, kind) => sum + 86_400 * (traffic.per_second[kind] ?? 0),
    0,
  )
  expect(daily).toBeCloseTo(100_000, 6)
  expect(carts).toBeCloseTo(300_000, 6)
  const spike = workloadOf(scenario('spike'))
  expect(spike.phases.map(({ from, to }) => [from, to])).toEqual([
    [50_000, 50_000],
    [50_000, 1_000_000],
    [1_000_000, 1_000_000],
  ])
  expect(workloadOf(scenario('global')).phases[0]?.to).toBeCloseTo(
    (5_000_000 * 300) / 86_400 / 3,
    6,
  )
})

test('a peak that nobody prepared for is told apart from one that was', () => {
  const advice = adviceFor('spike', sampleEvidence())
  expect(advice.dynamodb.simulated?.error_share).toBe(0)
  expect(advice.dynamodb.unprepared?.error_share).toBeGreaterThan(0.1)
  expect(advice.would_change.join(' ')).toMatch(
    /A peak that nobody prepared for: DynamoDB .* errors, held back by table growth \(simulated\)/,
  )
  expect(adviceFor('growing', sampleEvidence()).dynamodb.unprepared).toBeNull()
})

test('where the limits lie: a curve for each store, with the deployment it is of', () => {
  const { curves, missing } = storeLimits(sampleEvidence(), prices, { shoppers: [1e3, 1e6, 3e7] })
  expect(missing).toEqual([])
  expect(curves.map(({ deployment }) => deployment)).toEqual([
    'PostgreSQL on db.m7g.16xlarge',
    'DynamoDB, the default quota of a table',
    'DynamoDB, its quota raised',
  ])
  const [postgres, quota, raised] = curves.map(({ sweep }) => sweep)
  // 125 MB/s of log at 2,000 bytes for each of 5 changes in 10 operations.
  expect(postgres?.limit).toBe('log bandwidth')
  expect(postgres?.most_shoppers).toBeCloseTo((30 * 62_500) / 0.5, -6)
  expect(quota?.limit).toBe('table quota')
  expect(quota?.most_shoppers).toBeLessThan(postgres?.most_shoppers ?? 0)
  expect(raised).toMatchObject({ most_shoppers: 3e7, limit: null })
})

test('limits that cannot be simulated are missing, not drawn', () => {
  const evidence = sampleEvidence({ postgres: { operations: {} } })
  const { curves, missing } = storeLimits(evidence, prices, { shoppers: [100] })
  expect(curves.map(({ sweep }) => sweep.store)).toEqual(['dynamodb', 'dynamodb'])
  expect(missing.join()).toContain('PostgreSQL: CPU of the service')
})

describe('the check of the simulation against measured runs', () => {
  const machine = { service_cores: 1, database_cores: 1, connections: 10 }
  const times = { count: 1000, average: 2.4, p50: 2, p95: 6, p99: 9 }
  const at = (offered: number, throughput: number, overload: boolean) =>
    sampleRun({
      record: `#/${offered}`,
      offered,
      throughput,
      overload,
      overall: times,
      operations: { get_cart: times },
    })

  it('predicts runs other than the one whose times it was given, and states its error', () => {
    const runs = [at(5000, 5000, false), at(100, 100, false), at(20_000, 9000, true)]
    const { points, worst } = checkSimulation(
      sampleEvidence({ postgres: { runs } }).postgres,
      machine,
    )
    expect(points.map(({ record }) => record)).toEqual(['#/5000', '#/20000'])
    // One core of the service at 0.1 ms an operation: 10,000 a second.
    expect(points[1]?.predicted.throughput).toBeCloseTo(10_000, -1)
    expect(points[1]?.error.throughput).toBeCloseTo(1 / 9, 2)
    expect(points[0]?.error.p50_ms).toBeGreaterThan(-0.1)
    expect(points[0]?.error.p50_ms).toBeLessThan(0.15)
    expect(worst.throughput).toBeCloseTo(1 / 9, 2)
  })

  it('takes an emulator for what it is: one process, past whose capacity no latency is held against it', () => {
    const runs = [at(100, 100, false), at(2000, 2000, false), at(20_000, 4800, true)]
    const { points, counts } = checkSimulation(sampleEvidence({ dynamodb: { runs } }).dynamodb, {
      ...machine,
      database_cores: 3,
    })
    // One core of it at 0.2 ms an operation: 5,000 a second.
    expect(points.map(({ predicted }) => Math.round(predicted.throughput ?? 0))).toEqual([
      2000, 5000,
    ])
    expect(points.map(({ error }) => error.p50_ms === null)).toEqual([false, true])
    expect(counts.p50_ms).toBe(1)
  })

  it('checks nothing by operations that would cost nothing', () => {
    const runs = [at(100, 100, false), at(2000, 2000, false)]
    const { dynamodb } = sampleEvidence({ dynamodb: { runs } })
    const { get_cart: get, ...others } = dynamodb.operations
    if (get === undefined) throw new Error('there is no get')
    const operations = { ...others, get_cart: { ...get, emulator_cpu_s: null } }
    const { points, missing } = checkSimulation({ ...dynamodb, operations }, machine)
    expect(points).toEqual([])
    expect(missing).toEqual(['CPU of the emulator per operation'])
  })

  it('has no points without a second run', () => {
    expect(checkSimulation(sampleEvidence().postgres, machine).points).toEqual([])
  })
})
