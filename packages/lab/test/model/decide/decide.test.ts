import { expect, test } from 'vitest'
import { measuredMisses } from '../../../src/model/cost/cache-misses.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { testMachine } from '../../../src/model/decide/test-machine.ts'
import { recordAt, sampleFile } from './sample-file.ts'

const PRICES = readPrices()
const FILE = sampleFile()
const DECISION = decide(FILE, PRICES)

test('the same file, prices and seed give the same decision, in plain data', () => {
  const again = decide(FILE, PRICES)
  expect(again).toEqual(DECISION)
  expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(DECISION)))
})

test('a whole comparison supports every part of a decision', () => {
  const { advice, cost, limits, requirements, one_shop, simulation } = DECISION
  expect(
    requirements.flatMap(({ stores }) => Object.values(stores)).map(({ verdict }) => verdict),
  ).toEqual(Array.from({ length: 10 }, () => 'met'))
  expect(advice.map(({ choice }) => choice)).not.toContain('undecided')
  expect(advice.flatMap(({ missing }) => missing)).toEqual([])
  expect(cost.missing).toEqual([])
  expect(cost.crossings.length).toBeGreaterThan(0)
  expect(limits.curves).toHaveLength(3)
  expect(one_shop.find(({ part }) => part === 'carts')?.store).not.toBeNull()
  // The quick look is the run with the lowest load, an input of the simulation; the blocks and two runs of the search remain.
  expect(simulation.postgres.points.map(({ offered }) => offered)).toEqual([100, 500, 1000])
  expect(simulation.postgres.typical.throughput).not.toBeNull()
})

test('every record that a decision names exists in the file', () => {
  const records = new Set<string>()
  JSON.stringify(DECISION, (key, value) => {
    if (key === 'record' && typeof value === 'string') records.add(value)
    if (key === 'records') for (const record of value as string[]) records.add(record)
    return value
  })
  expect(records.size).toBeGreaterThan(20)
  const ofPackage = 'cache-misses.json#/points'
  expect(records.delete(ofPackage)).toBe(measuredMisses().points.length > 0)
  for (const record of records) expect(recordAt(FILE, record), record).toBeDefined()
})

test('the quick look alone supports no choice and reports what is missing', () => {
  const { operations: _, requirements: __, ...rest } = sampleFile({ load: null, capacity: null })
  const { advice, cost, limits, one_shop } = decide(rest, PRICES)
  expect(advice.map(({ choice }) => choice)).toEqual(advice.map(() => 'undecided'))
  expect(advice[0]?.missing).toContainEqual(
    expect.objectContaining({ store: 'postgres', what: 'service_cpu' }),
  )
  expect(cost.crossings).toEqual([])
  expect(cost.missing.length).toBeGreaterThan(0)
  expect(limits.curves).toEqual([])
  expect(one_shop.every(({ store }) => store === null)).toBe(true)
})

test('service, database and generator share the cores in proportion to their CPU time', () => {
  // In each of two slots 1 s, 0.5 s, and 1 s of CPU in 10 s, the 3 s of warm-up added to the generator's.
  const { service_cores, database_cores, connections } = testMachine(FILE, 'postgres')
  const all = 1 + 0.5 + 1 + 3 / 10
  expect(service_cores).toBeCloseTo(2 / all, 3)
  expect(database_cores).toBeCloseTo(1 / all, 3)
  expect(connections).toBe(10)
  expect(testMachine({ ...FILE, load: null }, 'postgres')).toEqual({
    service_cores: 2 / 3,
    database_cores: 2 / 3,
    connections: 10,
  })
})
