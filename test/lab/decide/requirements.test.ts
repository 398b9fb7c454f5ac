import { describe, expect, it } from 'vitest'
import { conclusions } from '../../../lab/model/decide/conclusions.ts'
import { type Evidence, noEvidence } from '../../../lab/model/decide/evidence.ts'
import { type RequirementId, requirementsSheet } from '../../../lab/model/decide/requirements.ts'
import { noLostAdd, sampleEvidence, sampleRun } from './sample-evidence.ts'

const nothing: Evidence = {
  postgres: noEvidence('postgres', 'PostgreSQL', false),
  dynamodb: noEvidence('dynamodb', 'DynamoDB', true),
}

const resultOf = (evidence: Evidence, id: RequirementId) =>
  requirementsSheet(evidence).find((requirement) => requirement.id === id)?.stores.postgres

const withRuns = (...runs: Parameters<typeof sampleRun>[0][]) =>
  sampleEvidence({ postgres: { runs: runs.map((run) => sampleRun(run)) } })

describe('the requirements sheet', () => {
  it('has every requirement, and none is met without a test', () => {
    const sheet = requirementsSheet(nothing)
    expect(sheet.map(({ id }) => id)).toEqual([
      'hundred_shoppers',
      'fifty_lines',
      'customer_history',
      'success_rate',
      'no_lost_add',
    ])
    for (const { stores } of sheet)
      for (const { verdict, figure } of Object.values(stores))
        expect([verdict, figure]).toEqual(['not_tested', null])
  })

  it('is met by the sample, each requirement with its figure and record', () => {
    for (const { stores } of requirementsSheet(sampleEvidence())) {
      expect(stores.postgres.verdict).toBe('met')
      expect(stores.postgres.figure?.record).toMatch(/^(results|consistency_test_results)\.json#/)
    }
  })

  it('requires 100 clients for the requirement of 100 shoppers', () => {
    expect(resultOf(withRuns({ clients: 99 }), 'hundred_shoppers')?.verdict).toBe('not_tested')
    expect(
      resultOf(withRuns({ clients: 100, success_rate: 99.8 }), 'hundred_shoppers'),
    ).toMatchObject({
      verdict: 'not_met',
      figure: { value: 99.8, unit: '%' },
    })
  })

  it('judges the time to read 50 lines by the worst average', () => {
    const reads = (average: number) => ({
      operations: { get_cart: { count: 10, average, p50: 1, p95: 1, p99: 1 } },
    })
    const verdict = (...averages: number[]) =>
      resultOf(withRuns(...averages.map(reads)), 'fifty_lines')
    expect(verdict(49.9)).toMatchObject({ verdict: 'met', figure: { value: 49.9, unit: 'ms' } })
    expect(verdict(20, 50)).toMatchObject({ verdict: 'not_met', figure: { value: 50 } })
    expect(resultOf(withRuns({ cart_lines: 5 }), 'fifty_lines')?.verdict).toBe('not_tested')
  })

  it('ignores runs deliberately driven beyond the capacity', () => {
    const overload = { overload: true, success_rate: 10 }
    expect(resultOf(withRuns({}, overload), 'success_rate')?.verdict).toBe('met')
    expect(resultOf(withRuns({}, { success_rate: 10 }), 'success_rate')?.verdict).toBe('not_met')
    expect(resultOf(withRuns(overload), 'success_rate')?.verdict).toBe('not_tested')
  })

  it('fails on one lost add among any number of good runs, and does not count unknown as good', () => {
    const lost = (...verdicts: Parameters<typeof noLostAdd>[0][]) =>
      resultOf(sampleEvidence({ postgres: { guarantees: verdicts.map(noLostAdd) } }), 'no_lost_add')
        ?.verdict
    expect(lost('holds', 'violated', 'holds')).toBe('not_met')
    expect(lost('holds', 'unknown')).toBe('met')
    expect(lost('unknown')).toBe('not_tested')
  })

  it('requires that a history was listed', () => {
    expect(resultOf(withRuns({ operations: {} }), 'customer_history')?.verdict).toBe('not_tested')
  })

  it('marks the speed of an emulator', () => {
    const sheet = requirementsSheet(sampleEvidence())
    const lines = sheet.find(({ id }) => id === 'fifty_lines')
    expect(lines?.stores.dynamodb.emulator_speed).toBe(true)
    expect(lines?.stores.postgres.emulator_speed).toBe(false)
  })
})

describe('conclusions', () => {
  const reachOf = (evidence: Evidence) =>
    Object.fromEntries(
      conclusions(evidence)
        .filter(({ store }) => store === 'dynamodb')
        .map(({ topic, reach }) => [topic, reach]),
    )
  const unitsOf = (evidence: Evidence) =>
    conclusions(evidence).flatMap((one) => (one.topic === 'units' ? one.operations : []))

  it('from an emulator: units, CPU and correctness hold anywhere, its speed requires the real DynamoDB', () => {
    expect(reachOf(sampleEvidence())).toEqual({
      correctness: 'anywhere',
      success: 'anywhere',
      units: 'anywhere',
      service_cpu: 'anywhere',
      size: 'anywhere',
      latency: 'real_dynamodb',
      capacity: 'real_dynamodb',
    })
  })

  it('from the real DynamoDB: its speed is that of this machine', () => {
    const { latency, capacity } = reachOf(sampleEvidence({ dynamodb: { emulator: false } }))
    expect([latency, capacity]).toEqual(['this_machine', 'this_machine'])
  })

  it('cover measured figures only', () => {
    expect(conclusions(nothing)).toEqual([])
    const sample = sampleEvidence()
    expect(unitsOf(sample)).toContainEqual({
      kind: 'add_items',
      write: 1,
      read_strong: 0,
      read_eventual: 0,
    })
    const { add_items: _, ...operations } = sample.dynamodb.operations
    const without = unitsOf({ ...sample, dynamodb: { ...sample.dynamodb, operations } })
    expect(without.map(({ kind }) => kind)).toEqual(['create_cart', 'get_cart', 'list_carts'])
  })

  it('state the success rate of the worst run within the capacity', () => {
    const evidence = withRuns({ success_rate: 99.5 }, { success_rate: 10, overload: true })
    expect(conclusions(evidence)).toContainEqual(
      expect.objectContaining({ store: 'postgres', topic: 'success', lowest: 0.995 }),
    )
  })

  it('mark an eventual read that an emulator never returns stale', () => {
    const guarantee = {
      ...noLostAdd('holds'),
      guarantee: 'read_your_writes',
      read_mode: 'eventual',
    } as const
    const staleness = (emulator: boolean) =>
      conclusions(sampleEvidence({ dynamodb: { emulator, guarantees: [guarantee] } })).flatMap(
        (one) => (one.topic === 'correctness' && one.store === 'dynamodb' ? [one.never_stale] : []),
      )
    expect([staleness(true), staleness(false)]).toEqual([[true], [false]])
  })
})
