import { describe, expect, it, test } from 'vitest'
import { conclusions, REAL_COMPARISON } from '../../../lab/model/decide/conclusions.ts'
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
  it('has every requirement, and nothing is met that was not tested', () => {
    const sheet = requirementsSheet(nothing)
    expect(sheet.map(({ id }) => id)).toEqual([
      'hundred_shoppers',
      'fifty_lines',
      'customer_history',
      'success_rate',
      'no_lost_add',
    ])
    for (const { stores } of sheet)
      for (const { verdict, figure, note } of Object.values(stores)) {
        expect([verdict, figure]).toEqual(['not_tested', null])
        expect(note).toMatch(/^to test it: /)
      }
  })

  it('is met throughout by the sample, each with its figure and record', () => {
    for (const { stores } of requirementsSheet(sampleEvidence())) {
      expect(stores.postgres.verdict).toBe('met')
      expect(stores.postgres.figure?.record).toMatch(/^(results|consistency_test_results)\.json#/)
    }
  })

  it('counts 100 shoppers only when as many were there', () => {
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

  it('leaves runs out that were driven past the capacity on purpose', () => {
    const overload = { overload: true, success_rate: 10 }
    expect(resultOf(withRuns({}, overload), 'success_rate')?.verdict).toBe('met')
    expect(resultOf(withRuns({}, { success_rate: 10 }), 'success_rate')?.verdict).toBe('not_met')
    expect(resultOf(withRuns(overload), 'success_rate')?.verdict).toBe('not_tested')
  })

  it('takes one lost add over any number of runs without, and never an unknown for a pass', () => {
    const lost = (...verdicts: Parameters<typeof noLostAdd>[0][]) =>
      resultOf(sampleEvidence({ postgres: { guarantees: verdicts.map(noLostAdd) } }), 'no_lost_add')
        ?.verdict
    expect(lost('holds', 'violated', 'holds')).toBe('not_met')
    expect(lost('holds', 'unknown')).toBe('met')
    expect(lost('unknown')).toBe('not_tested')
  })

  it('needs a history that was really listed', () => {
    expect(resultOf(withRuns({ operations: {} }), 'customer_history')?.verdict).toBe('not_tested')
  })

  it('says under an emulator’s times that they are not DynamoDB’s', () => {
    const sheet = requirementsSheet(sampleEvidence())
    const lines = sheet.find(({ id }) => id === 'fifty_lines')
    expect(lines?.stores.dynamodb.note).toContain('emulator')
    expect(lines?.stores.postgres.note).toBeNull()
  })
})

describe('what may be concluded', () => {
  const reachOf = (evidence: Evidence) =>
    Object.fromEntries(
      conclusions(evidence)
        .filter(({ store }) => store === 'dynamodb')
        .map(({ topic, reach, command }) => [topic, [reach, command]]),
    )

  it('of an emulator: units, CPU and correctness hold anywhere, its speed needs the real DynamoDB', () => {
    expect(reachOf(sampleEvidence())).toEqual({
      correctness: ['anywhere', null],
      success: ['anywhere', null],
      units: ['anywhere', null],
      'service CPU': ['anywhere', null],
      size: ['anywhere', null],
      latency: ['real_dynamodb', REAL_COMPARISON],
      capacity: ['real_dynamodb', REAL_COMPARISON],
    })
  })

  it('of the real DynamoDB: its speed is that of the place it was measured from', () => {
    const reach = reachOf(sampleEvidence({ dynamodb: { emulator: false } }))
    expect([reach.latency, reach.capacity]).toEqual([
      ['this_machine', null],
      ['this_machine', null],
    ])
  })

  it('tells the figures that were measured and nothing else', () => {
    expect(conclusions(nothing)).toEqual([])
    const texts = conclusions(sampleEvidence()).map(({ text }) => text)
    expect(texts).toContainEqual(expect.stringContaining('add_items 1 write unit'))
    const larger = sampleEvidence()
    const operations = { ...larger.dynamodb.operations, add_items: undefined }
    const without = conclusions({
      ...larger,
      dynamodb: { ...larger.dynamodb, operations: JSON.parse(JSON.stringify(operations)) },
    })
    expect(without.map(({ text }) => text).join()).not.toContain('add_items 1 write unit')
  })
})

test('an eventual read that was never stale on an emulator is not taken for a promise', () => {
  const guarantee = {
    ...noLostAdd('holds'),
    guarantee: 'read_your_writes',
    read_mode: 'eventual' as const,
  }
  const [text] = conclusions(sampleEvidence({ dynamodb: { guarantees: [guarantee] } }))
    .filter(({ store, topic }) => store === 'dynamodb' && topic === 'correctness')
    .map((conclusion) => conclusion.text)
  expect(text).toBe(
    'DynamoDB (dynalite): read your writes with eventual reads held in 500 operations. The emulator’s eventual reads are never stale: DynamoDB’s can be.',
  )
})

test('a success rate is never rounded up to all', () => {
  const evidence = withRuns({ success_rate: 99.9999 })
  const texts = conclusions(evidence).map(({ text }) => text)
  expect(texts).toContain(
    'PostgreSQL 18: over 99.9 % of the operations succeeded in the worst run.',
  )
})
