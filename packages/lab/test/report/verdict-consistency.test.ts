import { expect, test } from 'vitest'
import { proseText } from '../../src/page/document.ts'
import { freshReads, keptUpdates } from '../../src/report/verdict-consistency.ts'
import type { CombinedConsistencyRecord } from '../../src/results/records.ts'
import { consistency, EVENTUAL } from './fixtures.ts'

type Change = (record: CombinedConsistencyRecord) => CombinedConsistencyRecord

const NONE_LOST =
  'No acknowledged update of concurrent clients was lost or duplicated on any target.'

function sentences(change?: Change, sides = [EVENTUAL]): string[] {
  const records = consistency('dynamodb', change)
  return [...keptUpdates(sides, records), ...freshReads(sides, records)].map(proseText)
}

test('a run without losses or stale reads says so', () => {
  expect(sentences()).toEqual([
    NONE_LOST,
    'Every read reflected the write before it on every target (an emulator of DynamoDB has no stale reads).',
  ])
  expect(sentences(undefined, [{ ...EVENTUAL, emulator: false }])).toEqual([
    NONE_LOST,
    'Every read reflected the write before it on every target.',
  ])
})

test.each<[string, Partial<CombinedConsistencyRecord>, string]>([
  [
    'carts that could not be read',
    { success: false, stored_quantity: null, lost_updates: null, duplicated_updates: null },
    'no concurrent update could be checked',
  ],
  ['adds without a response', { unknown_quantity: 3, success: false }, 'the outcome of 6 units'],
  ['a single client', { clients: 1 }, 'with a single client'],
])('with %s the verdict does not claim that nothing was lost', (_, spoiled, words) => {
  const found = sentences((record) =>
    record.scenario === 'concurrent_updates'
      ? ({ ...record, ...spoiled } as CombinedConsistencyRecord)
      : record,
  )
  expect(found).not.toContain(NONE_LOST)
  expect(found.join(' ')).toContain(words)
})

test('a single unreadable cart is reported and withdraws the claim', () => {
  let seen = 0
  const found = sentences((record) =>
    record.scenario === 'concurrent_updates' && seen++ === 0
      ? { ...record, success: false, stored_quantity: null, lost_updates: null }
      : record,
  )
  expect(found).not.toContain(NONE_LOST)
  expect(found[0]).toContain('1 cart could not be read after the concurrent updates')
})

test('a lost write does not count as stale', () => {
  const found = sentences((record) =>
    record.scenario === 'create_then_read'
      ? {
          ...record,
          consistent_reads: 0,
          success: false,
          error: 'lost: the write was not visible after 2000 ms',
        }
      : record,
  )
  expect(found.join(' ')).toContain(
    'lost an acknowledged write in 2 of 2 iterations of create_then_read (lost: the write was not visible after 2000 ms).',
  )
  expect(found.join(' ')).not.toContain('as eventual reads may')
})

test('failed reads do not count as stale', () => {
  const found = sentences((record) =>
    record.scenario === 'write_then_read_items'
      ? {
          ...record,
          item_visible_count: 2,
          success: false,
          error: 'read: expected 200, got 500 (and 2 more)',
        }
      : record,
  )
  expect(found.join(' ')).not.toContain('as eventual reads may')
  expect(found.at(-1)).toContain('6 of 20 reads failed or belong to a failed iteration')
})
