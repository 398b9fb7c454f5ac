import { describe, expect, it } from 'vitest'
import { announcements } from '../../src/commands/announce-comparison.ts'
import { completeSpec } from '../../src/results/load-spec.ts'
import { parseObjective } from '../../src/results/objective.ts'

const load = (blocks: number, duration_s = 6) => ({
  blocks,
  margin: 0.05,
  spec: completeSpec({ rate: 200, duration_s, warmup_s: 4 }),
})

describe('before a comparison under load', () => {
  it('reports its duration, with the search for the capacity', () => {
    expect(announcements({ load: load(10), objective: null }, 3)).toEqual([
      'about 5 minutes: 10 blocks of 3 targets, at most 10 s per run',
    ])
    expect(announcements({ load: load(10), objective: parseObjective('p99=50ms') }, 3)).toEqual([
      'about 11 minutes: 10 blocks of 3 targets and a capacity search, at most 10 s per run',
    ])
  })

  it('too few blocks to show anything are warned of', () => {
    expect(announcements({ load: load(2), objective: null }, 2)).toEqual([
      expect.stringMatching(
        /^--blocks 2 can show no difference: that requires at least \d+ valid blocks$/,
      ),
    ])
    expect(announcements({ load: load(10, 1), objective: null }, 1)).toEqual([])
  })
})
