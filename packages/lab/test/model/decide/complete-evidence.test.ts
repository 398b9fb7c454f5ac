import { expect, test } from 'vitest'
import { UsageError } from '../../../src/errors/usage-error.ts'
import { readPrices } from '../../../src/model/cost/read-prices.ts'
import { decide } from '../../../src/model/decide/decide.ts'
import { evidenceOfRun } from '../../../src/model/decide/evidence-of-run.ts'
import { evidenceOfFigures } from '../../../src/model/decide/figures-file.ts'
import { evidenceFrom } from '../../../src/model/decide/from-comparison.ts'
import { referenceEvidence } from '../../../src/model/decide/reference.ts'
import { recordOf } from '../../../src/model/terms/source.ts'
import { recordAt, sampleFile } from './sample-file.ts'

const FILE = sampleFile()
const { operations: _, requirements: __, ...LOOK } = sampleFile({ load: null, capacity: null })
const ELSEWHERE = evidenceOfRun(FILE, 'other.json')

test('a run offers what it measured, each figure with its place in its own file', () => {
  expect(ELSEWHERE).toMatchObject({ file: 'other.json', measured_at: FILE.environment.started_at })
  expect(ELSEWHERE.figures).toContainEqual({
    store: 'postgres',
    name: 'database_cpu_s',
    operation: 'add_items',
    value: 1e-4,
    record: '/operations/sides/0/operations/1/database_cpu_s',
  })
  for (const { record } of ELSEWHERE.figures)
    expect(recordAt(FILE, `results.json#${record}`), record).toBeDefined()
  // The latency of an emulator is nobody's evidence.
  const timed = ELSEWHERE.figures.filter(({ name }) => name === 'latency_p50_ms')
  expect(new Set(timed.map(({ store }) => store))).toEqual(new Set(['postgres']))
  // What it took from elsewhere itself is not passed on.
  expect(evidenceOfRun({ ...LOOK, evidence: [ELSEWHERE] }, 'x').figures).toEqual(
    evidenceOfRun(LOOK, 'x').figures,
  )
})

test('what was measured here takes precedence, then the first part that has a figure', () => {
  const only = (value: number, file: string) => ({
    file,
    by: 'a test',
    measured_at: '2026-11-30',
    figures: [
      {
        store: 'postgres' as const,
        name: 'cart_bytes' as const,
        operation: null,
        value,
        record: '/',
      },
    ],
  })
  const bytes = (file: Parameters<typeof evidenceFrom>[0]) =>
    evidenceFrom(file).evidence.postgres.cart_bytes
  expect(bytes({ ...FILE, evidence: [only(1, 'a'), ELSEWHERE] })?.value).toBe(1343)
  expect(bytes({ ...LOOK, evidence: [only(1, 'a'), only(2, 'b')] })).toEqual({
    value: 1,
    source: {
      kind: 'measured_elsewhere',
      file: 'a',
      by: 'a test',
      when: '2026-11-30',
      record: 'results.json#/evidence/0/figures/0/value',
    },
  })
})

test('a quick look with the figures of another run ends in choices, and names where each figure is from', () => {
  const file = { ...LOOK, evidence: [ELSEWHERE] }
  const { advice, evidence } = decide(file, readPrices())
  expect(advice.map(({ choice }) => choice)).not.toContain('undecided')
  const sources = advice.flatMap(({ standings }) => standings.postgres.parameters)
  expect(new Set(sources.map(({ source }) => source.kind))).toEqual(
    new Set(['measured', 'measured_elsewhere', 'published', 'assumed']),
  )
  const figure = evidence.postgres.operations.get_cart?.service_cpu_s
  expect(figure && recordAt(file, recordOf(figure) ?? '')).toBe(figure?.value)
})

test('the figures of the package suffice for a choice', () => {
  const { advice } = decide({ ...LOOK, evidence: [referenceEvidence()] }, readPrices())
  expect(advice.flatMap(({ missing }) => missing)).toEqual([])
})

const TOTALS = {
  format: 'pushcart figures',
  version: 1,
  by: 'CloudWatch, db.m7g.large',
  measured_at: '2026-11-29',
  stores: {
    postgres: {
      cart_bytes: 1400,
      operations: { add_items: { log_bytes: 800 } },
      totals: {
        seconds: 3600,
        operations: { create_cart: 1000, add_items: 4000, get_cart: 5000 },
        vcpus: 2,
        cpu_utilization_percent: 1,
        log_bytes_per_s: 1500,
      },
    },
    dynamodb: {
      operations: { get_cart: { latency_p50_ms: 3, latency_p99_ms: 9 } },
      totals: {
        seconds: 3600,
        operations: { create_cart: 1000, add_items: 4000, get_cart: 5000 },
        consumed_write_units: 6000,
        consumed_read_units: 2500,
        read_consistency: 'eventual',
      },
    },
  },
}

test('the totals of a period are divided among its operations; figures per operation take precedence', () => {
  const { figures } = evidenceOfFigures(TOTALS, 'rds.yaml')
  const value = (store: string, name: string, operation: string | null) =>
    figures.find((one) => one.store === store && one.name === name && one.operation === operation)
      ?.value
  // 1 % of 2 vCPUs for an hour: 72 CPU seconds for 10,000 operations.
  expect(value('postgres', 'database_cpu_s', 'get_cart')).toBeCloseTo(72 / 10_000, 12)
  // 5.4 MB of log for 5,000 changes.
  expect(value('postgres', 'log_bytes', 'create_cart')).toBe(1080)
  expect(value('postgres', 'log_bytes', 'add_items')).toBe(800)
  expect(value('postgres', 'log_bytes', 'get_cart')).toBe(0)
  expect(value('postgres', 'cart_bytes', null)).toBe(1400)
  expect(value('dynamodb', 'write_units', 'add_items')).toBe(1.2)
  expect(value('dynamodb', 'read_units_eventual', 'get_cart')).toBe(0.5)
  expect(value('dynamodb', 'latency_p99_ms', 'get_cart')).toBe(9)
})

test.each([
  [{ ...TOTALS, stores: {} }, 'stores must NOT have fewer than 1 properties'],
  [{ ...TOTALS, stores: { postgres: {} } }, 'contains no figure'],
  [{ ...TOTALS, measured_at: '2026-99-99' }, 'measured_at is not a date'],
  [
    { ...TOTALS, stores: { postgres: { cart_byte: 1 } } },
    'stores > postgres must NOT have additional properties ("cart_byte")',
  ],
  [
    { ...TOTALS, stores: { postgres: { operations: { get_cart: { write_units: 1 } } } } },
    'stores > postgres: write_units is no figure of this store',
  ],
  [
    {
      ...TOTALS,
      stores: { postgres: { cart_bytes: 1, operations: { add_item: { log_bytes: 800 } } } },
    },
    'stores > postgres > operations must NOT have additional properties ("add_item")',
  ],
  [{ ...TOTALS, version: 2 }, 'version must be equal to constant'],
])('a mistake in a file of figures is reported with its place', (value, reason) => {
  expect(() => evidenceOfFigures(value, 'rds.yaml')).toThrow(UsageError)
  expect(() => evidenceOfFigures(value, 'rds.yaml')).toThrow(`evidence: rds.yaml: ${reason}`)
})
