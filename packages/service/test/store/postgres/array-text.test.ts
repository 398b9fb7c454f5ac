import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import {
  parseNumberArray,
  parseTextArray,
  plainArray,
  textArray,
} from '../../../src/store/postgres/array-text.ts'

const database = await useDatabase()

describe('arrays as text', () => {
  it('are read as PostgreSQL writes them', async () => {
    // NUL is the one character that PostgreSQL cannot store.
    const text = fc
      .oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('"', ',', '\\', '{', '}', ' ', 'a', '\n') }),
      )
      .filter((each) => !each.includes('\0'))
    const arrays = fc.sample(
      fc.array(fc.oneof(text, fc.constantFrom('', 'NULL', 'x')), { maxLength: 5 }),
      {
        numRuns: 500,
        seed: 20_261_130,
      },
    )
    const rows = await database.query(
      'select value::text[]::text as text from unnest($1::text[]) as value',
      [arrays.map(textArray)],
    )
    expect(rows.map(({ text }) => parseTextArray(String(text)))).toEqual(arrays)
  })

  it('are written as PostgreSQL reads them', async () => {
    const [row] = await database.query(
      'select $1::bigint[]::text as numbers, $2::uuid[]::text as ids',
      [plainArray([1, undefined, -3]), plainArray([])],
    )
    expect(row).toEqual({ numbers: '{1,NULL,-3}', ids: '{}' })
  })

  it('of numbers are read as numbers, and a missing array is empty', () => {
    expect(parseNumberArray('{0,25792,1795985537000}')).toEqual([0, 25_792, 1_795_985_537_000])
    expect([parseNumberArray(null), parseTextArray(null), parseNumberArray('{}')]).toEqual([
      [],
      [],
      [],
    ])
  })
})
