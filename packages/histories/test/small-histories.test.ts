import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkHistory,
  type Guarantee,
  type History,
  type Operation,
  type Report,
} from '../src/index.ts'
import { hasOrder } from './support/small-histories/brute-force.ts'
import { drawSmallHistory } from './support/small-histories/draw.ts'

/** Compares the checkers with trying every order, on thousands of small histories. */
describe('on small histories', () => {
  it('the search finds an order exactly where trying every order finds one', () => {
    const seen = { order: 0, none: 0 }
    overSeeds((seed) => {
      const operations = drawSmallHistory({ seed, size: 3 + (seed % 6), lies: seed % 3 })
      const order = hasOrder(operations)
      seen[order ? 'order' : 'none']++
      expect(check(operations, false, ['linearizability']).verdict).toBe(
        order ? 'holds' : 'violated',
      )
    })
    expect(Math.min(seen.order, seen.none)).toBeGreaterThan(RUNS / 4)
  })

  it('a violation of the fast checks has no order', () => {
    const found = new Set<string>()
    overSeeds((seed) => {
      const operations = drawSmallHistory({ seed, size: 3 + (seed % 6), lies: 1 + (seed % 2) })
      const anomalies = anomaliesIn(check(operations, false, [...SESSIONS, 'lines']))
      if (anomalies.length > 0) expect(hasOrder(operations)).toBe(false)
      for (const anomaly of anomalies) found.add(anomaly)
    })
    expect(found.size).toBeGreaterThan(8)
  })

  it('a change that ignored its condition, or was refused in vain, has no order', () => {
    const found = new Set<string>()
    overSeeds((seed) => {
      const drawn = drawSmallHistory({ seed, size: 5, lies: 1, versions: true })
      const operations = drawn.map((one) => (one.if_version === undefined ? one : turned(one)))
      const anomalies = anomaliesIn(check(operations, true, ['conditions']))
      if (anomalies.length > 0) expect(hasOrder(operations)).toBe(false)
      for (const anomaly of anomalies) found.add(anomaly)
    })
    expect(found).toEqual(new Set(['condition_ignored', 'refused_in_vain']))
  })

  it('no check reports a violation of a correct service', () => {
    overSeeds((seed) => {
      const versions = seed % 2 === 0
      const operations = drawSmallHistory({ seed, size: 3 + (seed % 8), lies: 0, versions })
      expect(anomaliesIn(check(operations, versions))).toEqual([])
    })
  })
})

const RUNS = 4000
const SESSIONS: readonly Guarantee[] = [
  'read_your_writes',
  'monotonic_reads',
  'monotonic_writes',
  'writes_follow_reads',
]

function overSeeds(holds: (seed: number) => void): void {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), holds), {
    numRuns: RUNS,
    seed: 1,
  })
}

function check(
  operations: readonly Operation[],
  versions: boolean,
  guarantees?: readonly Guarantee[],
): Report {
  const header: History['header'] = {
    format: 'pushcart-history',
    format_version: 1,
    seed: 1,
    service: { name: 'small', versions, keys: false },
    faults: [],
  }
  const needed = { coverage: { overlaps: 0, answered: 0, failed: 1 }, shrinkMs: 0 }
  return checkHistory({ header, operations }, { ...needed, ...(guarantees && { guarantees }) })
}

function anomaliesIn({ findings }: Report): string[] {
  return findings
    .filter(({ promised }) => promised)
    .flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly))
}

/** Records an acknowledged change as refused and a refused change as acknowledged, for every other tick. */
function turned(operation: Operation): Operation {
  if (operation.call % 2 === 0) return operation
  const { status, error } = operation
  if (status === 'ok') {
    return { ...operation, status: 'fail', error: 'precondition_failed', version: undefined }
  }
  return error === 'precondition_failed'
    ? { ...operation, status: 'ok', error: undefined }
    : operation
}
