import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, tallyOf } from '../../../lab/consistency/quick/concurrent-updates.ts'

const count = fc.integer({ min: 0, max: 100 })

describe('the verdict on concurrent adds', () => {
  it('sorts responses into acknowledged, refused and unknown', () => {
    const answers = [
      { status: 204 },
      { status: 404, error: 'x' },
      { status: 429, error: 'x' },
      { status: 500, error: 'x' },
      { status: 503, error: 'x' },
      { status: 200, error: 'expected 204, got 200' },
      { status: 0, error: 'x' },
    ]
    expect(tallyOf(answers)).toEqual({ sent: 7, acknowledged: 1, unknown: 4 })
  })

  it('claims nothing that unknown adds explain', () => {
    fc.assert(
      fc.property(count, count, count, (acknowledged, unknown, happened) => {
        const stored = acknowledged + Math.min(unknown, happened)
        const tally = { sent: acknowledged + unknown, acknowledged, unknown }
        expect(judge(tally, stored)).toEqual({ lost: 0, duplicated: 0 })
      }),
    )
  })

  it('counts exactly what is missing and what is duplicated', () => {
    const tally = { sent: 12, acknowledged: 10, unknown: 2 }
    expect(judge(tally, 7)).toEqual({ lost: 3, duplicated: 0 })
    expect(judge(tally, 13)).toEqual({ lost: 0, duplicated: 1 })
    expect(judge(tally, null)).toEqual({ lost: null, duplicated: null })
  })
})
