import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { monthlyCost } from '../../../src/model/cost/monthly-cost.ts'
import type { Prices } from '../../../src/model/cost/prices.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { type Advice, advise } from '../../../src/model/decide/advise.ts'
import { TOO_CLOSE } from '../../../src/model/decide/certainty.ts'
import { checkSimulation } from '../../../src/model/decide/check-simulation.ts'
import { type Evidence, noEvidence } from '../../../src/model/decide/evidence.ts'
import { storeLimits } from '../../../src/model/decide/limits.ts'
import { oneShop } from '../../../src/model/decide/one-shop.ts'
import { readShop } from '../../../src/model/decide/read-shop.ts'
import {
  demandOf,
  SCENARIOS,
  type Scenario,
  scenarioOf,
  workloadOf,
} from '../../../src/model/decide/scenarios.ts'
import { shopInputs } from '../../../src/model/decide/shop-inputs.ts'
import type { SourcedFigure } from '../../../src/model/terms/source.ts'
import { OPERATION_KINDS } from '../../../src/results/operation-kinds.ts'
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

/** The cheaper store for a shop with so many times its shoppers. */
function cheaperAt(id: string, times: number): 'postgres' | 'dynamodb' {
  const { shop } = scenario(id)
  const scaled = scenarioOf({ ...shop, shoppers_per_day: shop.shoppers_per_day * times })
  const inputs = shopInputs(sampleEvidence(), scaled)
  // A store that does not serve the load costs more than any.
  const [postgres, dynamodb] = (['postgres', 'dynamodb'] as const).map(
    (store) => monthlyCost(store, inputs, prices).total ?? Number.POSITIVE_INFINITY,
  )
  return (postgres ?? 0) < (dynamodb ?? 0) ? 'postgres' : 'dynamodb'
}

/** Multiplies all prices whose id starts with `prefix`. */
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

/** The sample with DynamoDB's write units or PostgreSQL's CPU multiplied. */
function heavier({ units = 1, cpu = 1 }: { units?: number; cpu?: number }): Evidence {
  const times = (figure: SourcedFigure | null, factor: number) =>
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
  it('is DynamoDB for a small shop by cost, with its records, assumptions and what would change it', () => {
    const advice = adviceFor('growing', sampleEvidence())
    expect(advice.choice).toBe('dynamodb')
    expect(advice.standings.dynamodb).toMatchObject({
      fitness: 'fit',
      faults: [],
      cost_records: ['results.json#/dynamodb'],
    })
    const { assumed, parameters } = advice.standings.dynamodb
    expect(new Set(assumed.map(({ name }) => name))).toEqual(
      new Set([
        'latency_p50',
        'latency_p99',
        'table_write_quota',
        'table_read_quota',
        'partition_split',
        'task_start',
      ]),
    )
    expect(parameters).toContainEqual({
      name: 'write_units',
      store: 'dynamodb',
      operation: 'add_items',
      unit: 'units',
      value: 1,
      source: { kind: 'measured', record: 'results.json#/dynamodb' },
    })
    expect(advice.would_change).toContainEqual({
      kind: 'traffic',
      direction: 'above',
      rate: expect.any(Number),
      times: expect.any(Number),
      until: null,
      again: null,
      years: expect.any(Number),
      cheaper: 'postgres',
      only: false,
    })
    expect(advice.would_change).toContainEqual({
      kind: 'real_dynamodb',
      p99_ms: 250,
      effect: 'rule_out',
    })
  })

  it.each(SCENARIOS.map(({ id }) => id))(
    'of %s names traffic at which the other store really costs less, and where that ends',
    (id) => {
      const usual = cheaperAt(id, 1)
      const points = adviceFor(id, sampleEvidence()).would_change.filter(
        (change) => change.kind === 'traffic',
      )
      for (const { times, rate, cheaper, until, direction } of points) {
        const further = direction === 'above' ? 1.001 : 0.999
        const end = (times * (until ?? Number.NaN)) / rate
        expect(cheaperAt(id, Math.sqrt(times))).toBe(usual)
        expect(cheaperAt(id, times * further)).toBe(cheaper)
        if (until !== null) expect(cheaperAt(id, end * further)).toBe(usual)
      }
    },
  )

  it('is PostgreSQL for high traffic of the same mix', () => {
    expect(adviceFor('global', sampleEvidence()).choice).toBe('postgres')
  })

  it('changes with the prices', () => {
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

  it('changes with the measured units', () => {
    expect(adviceFor('growing', heavier({ units: 1000 })).choice).toBe('postgres')
  })

  it('changes with the measured CPU, and is DynamoDB where no PostgreSQL instance is large enough', () => {
    expect(adviceFor('global', heavier({ cpu: 200 })).choice).toBe('dynamodb')
    const advice = adviceFor('global', heavier({ cpu: 10_000 }))
    expect(advice.choice).toBe('dynamodb')
    expect(advice.standings.postgres.fitness).toBe('unfit')
    expect(advice.standings.postgres.faults).toMatchObject([
      { basis: 'modelled', limit: { kind: 'instance_size' } },
    ])
  })

  it('names a fall of the other bill only if that deployment can be reduced so far', () => {
    // Small carts, so that the reads of the storage do not decide the instance.
    const evidence = sampleEvidence({
      postgres: { cart_bytes: { value: 300, source: { kind: 'assumed', why: 'a test' } } },
    })
    const told = [0.2, 0.4, 0.5, 0.6, 0.7, 0.85].flatMap((factor) => {
      const other = repriced('dynamodb', factor)
      const { choice, would_change, standings } = adviceFor('spike', evidence, other)
      // Bills that are too close to call fall by nothing.
      if (choice !== 'dynamodb') return []
      const shop = readShop(
        'spike,rise_minutes=1,multi_az=false,min_memory_gib=1,backup_days=0,target_utilisation=0.8',
      )
      const [least] = advise(evidence, other, { scenarios: [scenarioOf(shop)] })
      const reduced = least?.standings.postgres.cost.total ?? Number.NaN
      const change = would_change.find(({ kind }) => kind === 'price')
      if (change?.kind === 'price')
        expect(change.database - change.amount).toBeGreaterThan(change.lowest)
      const possible = reduced < (standings.dynamodb.cost.total ?? 0)
      expect({ factor, told: change !== undefined }).toEqual({ factor, told: possible })
      return possible
    })
    expect(new Set(told).size).toBe(2)
  })

  it('is never a store that lost an add, and the fault names the record', () => {
    const lost = { guarantees: [noLostAdd('violated')] }
    const advice = adviceFor('growing', sampleEvidence({ dynamodb: lost }))
    expect(advice.choice).toBe('postgres')
    expect(advice.standings.dynamodb.faults).toContainEqual({
      basis: 'measured',
      requirement: 'no_lost_add',
      records: ['consistency_test_results.json#/3'],
    })
    expect(adviceFor('growing', sampleEvidence({ dynamodb: lost, postgres: lost })).choice).toBe(
      'neither',
    )
  })

  it('is either where the costs are too close to call', () => {
    // DynamoDB's prices raised until the bills are alike, then beyond.
    const choices = [1, 2, 4, 8, 12, 16, 20, 24, 32, 64, 128].map((factor) => {
      const advice = adviceFor('growing', sampleEvidence(), repriced('dynamodb', factor))
      const { choice, certainty } = advice
      expect(choice === 'either').toBe((certainty?.share ?? 0) < TOO_CLOSE)
      return choice
    })
    expect(choices[0]).toBe('dynamodb')
    expect(choices).toContain('either')
    expect(choices.at(-1)).toBe('postgres')
  })

  it('is the other store where one fails the simulated peak', () => {
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
    expect(advice.standings.dynamodb.faults.map(({ basis }) => basis)).toEqual(['simulated'])
  })
})

describe('with incomplete evidence', () => {
  const nothing: Evidence = {
    postgres: noEvidence('postgres', 'PostgreSQL', false),
    dynamodb: noEvidence('dynamodb', 'DynamoDB', true),
  }

  it('the choice is undecided and the advice lists what is missing', () => {
    const advice = adviceFor('startup', nothing)
    expect(advice.choice).toBe('undecided')
    expect(advice.missing).toContainEqual({ store: 'dynamodb', what: 'no_lost_add', kinds: [] })
    expect(advice.missing).toContainEqual({
      store: 'dynamodb',
      what: 'write_units',
      kinds: ['create_cart', 'add_items', 'get_cart'],
    })
  })

  it('one missing measurement is enough to be undecided', () => {
    const advice = adviceFor('growing', sampleEvidence({ dynamodb: { cart_bytes: null } }))
    expect(advice.choice).toBe('undecided')
    const missing = { store: 'dynamodb', what: 'cart_bytes', kinds: [] }
    expect(advice.missing).toEqual([missing])
    expect(advice.would_change).toEqual([{ kind: 'measurement', missing }])
  })

  it('what a quick comparison measured is not missing', () => {
    const quick = { runs: [sampleRun({ clients: 1 })], guarantees: [noLostAdd('holds')] }
    const advice = adviceFor('startup', {
      postgres: { ...nothing.postgres, ...quick },
      dynamodb: { ...nothing.dynamodb, ...quick },
    })
    expect(advice.choice).toBe('undecided')
    const measured = ['latency', 'no_lost_add', 'success_rate']
    expect(advice.missing.filter(({ what }) => measured.includes(what))).toEqual([])
  })

  it('a store that lost an add is unfit, but the other is not chosen without measurements', () => {
    const lost = { ...nothing.postgres, guarantees: [noLostAdd('violated')] }
    const advice = adviceFor('startup', { ...nothing, postgres: lost })
    expect(advice.choice).toBe('undecided')
    expect(advice.standings.postgres.fitness).toBe('unfit')
  })
})

/** The rule for two stores whose simulations meet the objective. */
function expectedChoice({
  standings: { postgres, dynamodb },
  certainty,
}: Advice): Advice['choice'] {
  const fit = [postgres, dynamodb].filter(({ fitness }) => fitness === 'fit')
  if (fit.length < 2) return fit[0]?.store ?? 'neither'
  const [a, b] = [postgres.cost.total ?? 0, dynamodb.cost.total ?? 0]
  if (certainty !== null && certainty.share < TOO_CLOSE) return 'either'
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
      expect(advice.standings.postgres.fitness).toBe(a === 'holds' ? 'fit' : 'unfit')
      expect(advice.standings.dynamodb.fitness).toBe(b === 'holds' ? 'fit' : 'unfit')
      seen.add(advice.choice)
    }),
    { numRuns: 12, seed: 4 },
  )
  expect([...seen]).toEqual(expect.arrayContaining(['dynamodb', 'neither', 'postgres']))
})

describe('one shop', () => {
  it('prices each part alone and changes with the prices', () => {
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
      order_history: 'dynamodb',
      all_three: 'dynamodb',
    })
    expect(stores(repriced('dynamodb', 1e4))).toEqual({
      carts: 'postgres',
      sessions: 'postgres',
      order_history: 'postgres',
      all_three: 'postgres',
    })
  })

  it('prices all three on one database: one PostgreSQL instance instead of three', () => {
    const parts = oneShop(sampleEvidence(), prices, scenario('growing'))
    const cost = (part: string, store: 'postgres' | 'dynamodb') =>
      parts.find((one) => one.part === part)?.database_cost[store] ?? Number.NaN
    const each = (store: 'postgres' | 'dynamodb') =>
      ['carts', 'sessions', 'order_history'].reduce((sum, part) => sum + cost(part, store), 0)
    expect(cost('all_three', 'postgres')).toBeLessThan(0.5 * each('postgres'))
    expect(cost('all_three', 'dynamodb')).toBeGreaterThan(0.9 * each('dynamodb'))
  })

  it('makes no choice for a part whose operations were not measured', () => {
    const { list_carts: _, ...operations } = sampleEvidence().dynamodb.operations
    const parts = oneShop(sampleEvidence({ dynamodb: { operations } }), prices, scenario('growing'))
    const history = parts.find(({ part }) => part === 'order_history')
    expect(history).toMatchObject({ store: null, database_cost: { dynamodb: null } })
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

test('an unprepared peak is simulated apart from the prepared one', () => {
  const advice = adviceFor('spike', sampleEvidence())
  const { simulated, unprepared } = advice.standings.dynamodb
  expect(simulated?.error_share).toBe(0)
  expect(unprepared?.error_share).toBeGreaterThan(0.1)
  expect(advice.would_change).toContainEqual(
    expect.objectContaining({
      kind: 'unprepared',
      store: 'dynamodb',
      result: expect.objectContaining({ limit: 'table_growth' }),
    }),
  )
  expect(adviceFor('growing', sampleEvidence()).standings.dynamodb.unprepared).toBeNull()
})

test('limits: a curve for each deployment, with the resource that limits it', () => {
  const { curves, missing } = storeLimits(sampleEvidence(), prices, { shoppers: [1e3, 1e6, 3e7] })
  expect(missing).toEqual([])
  expect(curves.map(({ deployment }) => deployment)).toEqual([
    'PostgreSQL on db.m7g.16xlarge',
    'DynamoDB, default table quota',
    'DynamoDB, raised table quota',
  ])
  const [postgres, quota, raised] = curves.map(({ sweep }) => sweep)
  // 64 cores at 0.13 ms for each operation; a shopper makes one in 30 s.
  expect(postgres?.limit).toBe('database_cpu')
  expect(postgres?.most_shoppers).toBeCloseTo((30 * 64) / 1.3e-4, -6)
  expect(quota?.limit).toBe('table_quota')
  expect(quota?.most_shoppers).toBeLessThan(postgres?.most_shoppers ?? 0)
  expect(raised).toMatchObject({ most_shoppers: 3e7, limit: null })
})

test('a store that cannot be simulated has no curve, and its measurements are missing', () => {
  const evidence = sampleEvidence({ postgres: { operations: {} } })
  const { curves, missing } = storeLimits(evidence, prices, { shoppers: [100] })
  expect(curves.map(({ sweep }) => sweep.store)).toEqual(['dynamodb', 'dynamodb'])
  expect(missing).toContainEqual(
    expect.objectContaining({ store: 'postgres', what: 'service_cpu' }),
  )
})

describe('the validation of the simulation against measured runs', () => {
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

  it('covers runs other than the one whose latencies are its input, and states the error', () => {
    const runs = [at(5000, 5000, false), at(100, 100, false), at(20_000, 9000, true)]
    const { points, worst } = checkSimulation(
      sampleEvidence({ postgres: { runs } }).postgres,
      machine,
    )
    expect(points.map(({ record }) => record)).toEqual(['#/5000', '#/20000'])
    // One core of the service at 0.1 ms per operation: 10,000 per second.
    expect(points[1]?.predicted.throughput).toBeCloseTo(10_000, -1)
    expect(points[1]?.error.throughput).toBeCloseTo(1 / 9, 2)
    expect(points[0]?.error.p50_ms).toBeGreaterThan(-0.1)
    expect(points[0]?.error.p50_ms).toBeLessThan(0.15)
    expect(worst.throughput).toBeCloseTo(1 / 9, 2)
  })

  it('simulates an emulator as one process, and compares no latencies beyond its capacity', () => {
    const runs = [at(100, 100, false), at(2000, 2000, false), at(20_000, 4800, true)]
    const { points, counts } = checkSimulation(sampleEvidence({ dynamodb: { runs } }).dynamodb, {
      ...machine,
      database_cores: 3,
    })
    // One core of the emulator at 0.2 ms per operation: 5,000 per second.
    expect(points.map(({ predicted }) => Math.round(predicted.throughput ?? 0))).toEqual([
      2000, 5000,
    ])
    expect(points.map(({ error }) => error.p50_ms === null)).toEqual([false, true])
    expect(counts.p50_ms).toBe(1)
  })

  it('has no points where CPU of an operation was not measured', () => {
    const runs = [at(100, 100, false), at(2000, 2000, false)]
    const { dynamodb } = sampleEvidence({ dynamodb: { runs } })
    const { get_cart: get, ...others } = dynamodb.operations
    if (get === undefined) throw new Error('there is no get')
    const operations = { ...others, get_cart: { ...get, emulator_cpu_s: null } }
    const { points, missing } = checkSimulation({ ...dynamodb, operations }, machine)
    expect(points).toEqual([])
    expect(missing).toEqual(['emulator_cpu'])
  })

  it('has no points without a second run', () => {
    expect(checkSimulation(sampleEvidence().postgres, machine).points).toEqual([])
  })
})
