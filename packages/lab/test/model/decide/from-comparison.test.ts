import { expect, test } from 'vitest'
import { type LoadResultTraits, loadResult } from '../../../../../test/support/load-result.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { evidenceFrom } from '../../../src/model/decide/from-comparison.ts'
import { requirementsSheet } from '../../../src/model/decide/requirements.ts'
import { recordOf, type SourcedFigure } from '../../../src/model/terms/source.ts'
import { consistency, environment, POSTGRES, side } from '../../report/fixtures.ts'
import { recordAt, sampleFile, WATCHED } from './sample-file.ts'

const FILE = sampleFile()

test('every figure equals the value of its record, and every record exists', () => {
  const { evidence } = evidenceFrom(FILE)
  const { postgres, dynamodb } = evidence
  const figures = [postgres, dynamodb].flatMap(({ operations, cart_bytes, capacity_knee }) => [
    ...Object.values(operations).flatMap((operation): (SourcedFigure | null)[] =>
      Object.values(operation),
    ),
    cart_bytes,
    capacity_knee,
  ])
  const known = figures.filter((figure) => figure !== null)
  expect(known.length).toBeGreaterThan(25)
  for (const figure of known) expect(recordAt(FILE, recordOf(figure) ?? '')).toBeTypeOf('number')
  const measured = postgres.operations.add_items?.database_cpu_s
  expect(measured).toEqual({
    value: 1e-4,
    source: {
      kind: 'measured',
      record: 'results.json#/operations/sides/0/operations/1/database_cpu_s',
    },
  })
  const runs = [...postgres.runs, ...dynamodb.runs, ...postgres.guarantees]
  for (const { record } of runs) expect(recordAt(FILE, record)).toBeDefined()
})

test('the side with strong reads stands for DynamoDB, and units of eventual reads are measured separately', () => {
  const { evidence, sides, notes } = evidenceFrom(FILE)
  expect(sides).toEqual({ postgres: 'postgres', dynamodb: 'dynamodb-strong' })
  const { get_cart } = evidence.dynamodb.operations
  expect(get_cart).toMatchObject({
    service_cpu_s: { value: 2e-4 },
    database_cpu_s: null,
    write_units: { value: 0 },
    read_units_strong: { value: 1 },
    read_units_eventual: { value: 0.5 },
  })
  expect(evidence.dynamodb).toMatchObject({ emulator: true, label: 'DynamoDB (dynalite 4.0.0)' })
  expect(evidence.dynamodb.runs[0]?.overall?.p50).toBeCloseTo(3, 1)
  expect(evidence.postgres.operations.get_cart?.write_units).toBeNull()
  expect(notes).toContainEqual({
    kind: 'chosen_side',
    store: 'dynamodb',
    sides: 2,
    label: 'DynamoDB (strong reads)',
    probed: true,
  })
})

test('index writes that the emulator does not report are added with a note, unless the service reports them', () => {
  const { evidence, notes } = evidenceFrom(FILE)
  const writes = (of: typeof evidence) =>
    (['create_cart', 'add_items', 'checkout'] as const).map(
      (kind) => of.dynamodb.operations[kind]?.write_units?.value,
    )
  expect(writes(evidence)).toEqual([2, 1, 2])
  expect(notes).toContainEqual({ kind: 'index_writes_added' })
  expect(evidence.dynamodb.cart_bytes?.value).toBe(631 + 200)
  expect(evidence.postgres.cart_bytes?.value).toBe(1343)

  const counted = structuredClone(FILE)
  for (const one of counted.operations?.sides[1]?.operations ?? [])
    if (one.operation === 'create_cart') Object.assign(one, { write_units: 2 })
  const believed = evidenceFrom(counted)
  expect(writes(believed.evidence)).toEqual([2, 1, 1])
  expect(believed.notes).not.toContainEqual({ kind: 'index_writes_added' })
})

test('runs: valid blocks merged, the search with its overload, the requirements, the quick look', () => {
  const { runs } = evidenceFrom(FILE).evidence.postgres
  expect(
    runs.map(({ record, overload }) => [record.replace('results.json#/', ''), overload]),
  ).toEqual([
    ['load/slots', false],
    ['capacity/sides/0/points/0', false],
    ['capacity/sides/0/points/1', true],
    ['requirements/sides/0/hundred_shoppers', false],
    ['requirements/sides/0/fifty_lines', false],
    ['requirements/sides/0/history', false],
    ['quick_look', false],
  ])
  const [blocks, search, , shoppers, large] = runs
  expect(blocks).toMatchObject({ offered: 100, throughput: 99, clients: null, success_rate: 100 })
  expect(blocks?.operations.get_cart?.count).toBe(2000)
  // The search replays the mix of the blocks: gets and adds half and half, 500 a second for 10 s.
  expect(search?.operations.get_cart).toMatchObject({ count: 2500, p50: null })
  expect(shoppers).toMatchObject({ offered: null, clients: 100, cart_lines: null })
  expect(large).toMatchObject({ clients: 4, cart_lines: 50 })
})

test('the load at other rates gives separate runs, marked as overload where the side fell behind', () => {
  const at = (rate: number, change: LoadResultTraits = {}) => ({
    result: loadResult({ spec: { rate }, offered: rate, achieved: rate, ...change }),
    watched: WATCHED,
  })
  const runs = [at(50), at(400), at(800, { achieved: 500 }), at(1600, { valid: false })]
  const file = sampleFile({ growth: { sides: [{ side: 'postgres', runs }] } })
  const { evidence } = evidenceFrom(file)
  const grown = evidence.postgres.runs.filter(({ record }) => record.includes('growth'))
  expect(
    grown.map(({ record, offered, throughput, overload }) => [
      record,
      offered,
      throughput,
      overload,
    ]),
  ).toEqual([
    ['results.json#/growth/sides/0/runs/0', 50, 50, false],
    ['results.json#/growth/sides/0/runs/1', 400, 400, false],
    ['results.json#/growth/sides/0/runs/2', 800, 500, true],
  ])
  for (const { record } of grown) expect(recordAt(file, record)).toBeDefined()
  const { points } = decide(file, readPrices()).simulation.postgres
  expect(points.map(({ offered }) => offered)).toEqual(expect.arrayContaining([400, 800]))
})

test('runs of a generator that could not keep up, and runs cut off, are not evidence', () => {
  const [first] = FILE.requirements?.sides ?? []
  if (first === undefined) throw new Error('the sample has requirements')
  const spoilt = {
    ...first,
    hundred_shoppers: loadResult({ valid: false }),
    fifty_lines: loadResult({ partial: true }),
  }
  const file = sampleFile({ requirements: { sides: [spoilt] } })
  const records = evidenceFrom(file).evidence.postgres.runs.map(({ record }) => record)
  expect(records.some((record) => /shoppers|lines/.test(record))).toBe(false)
  expect(records.some((record) => record.endsWith('history'))).toBe(true)
})

test('a whole comparison fills the requirements sheet', () => {
  for (const { stores } of requirementsSheet(evidenceFrom(FILE).evidence))
    for (const { verdict, figure } of Object.values(stores)) {
      expect(verdict).toBe('met')
      expect(recordAt(FILE, figure?.record ?? '')).toBeDefined()
    }
})

test('the quick look and the consistency test alone give part of the evidence', () => {
  const { operations: _, requirements: __, ...rest } = sampleFile({ load: null, capacity: null })
  const { evidence } = evidenceFrom(rest)
  expect(evidence.postgres).toMatchObject({ operations: {}, cart_bytes: null, capacity_knee: null })
  expect(evidence.postgres.runs.map(({ record }) => record)).toEqual(['results.json#/quick_look'])
  const verdicts = requirementsSheet(evidence).map(({ stores }) => stores.postgres.verdict)
  expect(verdicts).toEqual(['not_tested', 'not_tested', 'not_tested', 'met', 'met'])
})

test('a side on another store is evidence of neither', () => {
  const sides = [POSTGRES, side('mine', 'Mine', { store: 'memory' })]
  const { operations: _, requirements: __, ...rest } = FILE
  const file = { ...rest, environment: environment(sides), load: null, capacity: null }
  const { evidence, sides: speakers, notes } = evidenceFrom(file)
  expect(speakers).toEqual({ postgres: 'postgres', dynamodb: null })
  expect(evidence.dynamodb.runs).toEqual([])
  expect(notes).toEqual([{ kind: 'ignored_side', label: 'Mine' }])
})

const noLostAdd = (change: Parameters<typeof consistency>[1]) => {
  const records = ['postgres', 'dynamodb-strong', 'dynamodb'].flatMap((key) =>
    consistency(key, key === 'dynamodb' ? change : undefined),
  )
  const { dynamodb, postgres } = evidenceFrom(sampleFile({ consistency: records })).evidence
  const of = (guarantee: string, { guarantees }: typeof dynamodb) =>
    guarantees.find((one) => one.guarantee === guarantee)
  return {
    lost: of('no_lost_add', dynamodb),
    reads: dynamodb.guarantees,
    other: of('no_lost_add', postgres),
  }
}

test('an add lost on any side of a store is a lost add of that store', () => {
  const { lost, other } = noLostAdd((record) =>
    record.scenario === 'concurrent_updates'
      ? { ...record, success: false, stored_quantity: 48, lost_updates: 2 }
      : record,
  )
  expect(lost).toMatchObject({ verdict: 'violated', operations: 240 })
  expect(other).toMatchObject({ verdict: 'holds', operations: 120 })
})

test('an add without a response can hide a lost one', () => {
  const { lost } = noLostAdd((record) =>
    record.scenario === 'concurrent_updates'
      ? { ...record, acknowledged_quantity: 49, unknown_quantity: 1 }
      : record,
  )
  expect(lost?.verdict).toBe('unknown')
})

test('stale reads are reported per read consistency', () => {
  const { reads } = noLostAdd((record) =>
    record.scenario === 'create_then_read' ? { ...record, consistent_reads: 4 } : record,
  )
  const found = reads.filter(({ guarantee }) => guarantee === 'read_your_writes')
  expect(
    found.map(({ read_mode, verdict, operations }) => [read_mode, verdict, operations]),
  ).toEqual([
    ['strong', 'holds', 20],
    ['eventual', 'violated', 20],
  ])
})
