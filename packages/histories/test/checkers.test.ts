import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CheckOptions,
  checkHistory,
  checkHistoryOnAllCores,
  formatHistory,
  type Guarantee,
  type History,
  parseHistory,
} from '../src/index.ts'
import { brokenPromises, detect } from './detection-matrix.ts'
import { type Simulation, simulate } from './support/wrong-stores/simulate.ts'
import { WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

const QUICK: CheckOptions = { shrinkMs: 0, limits: { states: 20_000, ms: 2000 } }
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })
/** Resolutions of the clock: a nanosecond, a millisecond, and one so coarse that most operations seem to overlap. */
const ticks = fc.constantFrom(1, 1e6, 5e6)

/** As it is read back from a file. */
const throughFile = (history: History): History => parseHistory(formatHistory(history))

describe('the checkers', () => {
  it.each(Object.keys(WRONG_STORES))('catch a deliberately faulty store: %s', (store) => {
    expect(detect(store, [1, 2]).caught).toBe(2)
  })

  it('catch faults without versions', () => {
    expect(detect('read-modify-write without a condition', [1], false).caught).toBe(1)
    expect(detect('checkout that swallows a concurrent add', [1], false).caught).toBe(1)
    expect(detect('index that forgets', [1], false).caught).toBe(1)
  })

  it('name the anomaly', () => {
    const named = (store: string): readonly string[] => detect(store, [3]).by.map(([name]) => name)
    expect(named('merge applied twice')).toContain('lines: merge_applied_twice')
    expect(named('union merge that resurrects')).toContain('lines: resurrected_line')
    expect(named('batch half applied')).toContain('lines: partial_batch')
    expect(named('refused and yet applied')).toContain('lines: phantom_of_failure')
    expect(named('version skipped')).toContain('version_order: version_skipped')
    expect(named('If-Match ignored')).toEqual(['conditions: condition_ignored'])
    expect(named('If-Match compared with a copy that lags')).toEqual([
      'conditions: refused_in_vain',
    ])
    expect(named('list that shows a cart twice')).toEqual(['lists: listed_twice'])
    expect(named('list from a copy that removals never reach')).toContain('lists: listed_otherwise')
  })

  it('raise no false alarm on correct histories with faults', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.boolean(), ticks, (seed, versions, keys, tick) => {
        const history = simulate({ seed, versions, keys, tick, operations: 60 })
        expect([...brokenPromises(checkHistory(history, QUICK))]).toEqual([])
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('agree with each other if both are conclusive', () => {
    const stores = [undefined, ...Object.keys(WRONG_STORES).filter((name) => !APART.has(name))]
    let both = 0
    fc.assert(
      fc.property(seeds, fc.constantFrom(...stores), (seed, name) => {
        const history = simulate({ ...SMALL, seed, ...storeOf(name) })
        const verdicts = [decide(history, 'version_order'), decide(history, 'linearizability')]
        if (verdicts.includes(undefined)) return
        both++
        // A history without any order has no order of versions either.
        expect(verdicts).not.toEqual([true, false])
        if (name === undefined) expect(verdicts).toEqual([true, true])
      }),
      { numRuns: 3000, seed: 1 },
    )
    expect(both).toBeGreaterThan(2500)
  }, 120_000)

  it('give the same report on one core and on several', async () => {
    const history = simulate({ seed: 5, operations: 400, ...storeOf('merge applied twice') })
    // A time limit would make the report depend on the machine.
    const options: CheckOptions = { shrinkMs: 0, limits: { states: 20_000, ms: 600_000 } }
    const several = await checkHistoryOnAllCores(history, options, { threads: 3, aloneMs: 0 })
    expect(several).toEqual(checkHistory(history, options))
    expect(several.verdict).toBe('violated')
  }, 120_000)

  it('shrink a violation to a few operations', () => {
    const store = WRONG_STORES['eventual reads labelled strong']
    const { findings } = checkHistory(
      simulate({ seed: 1, ...(store === undefined ? {} : { store }) }),
    )
    const finding = findings.find(
      ({ guarantee, read_mode: mode }) => guarantee === 'linearizability' && mode === 'strong',
    )
    expect(finding?.verdict).toBe('violated')
    expect(finding?.violations[0]?.operations.length).toBeLessThan(12)
  })

  it('report that a run proves nothing if nothing overlapped or a fault was never active', () => {
    const calm = simulate({ seed: 1, clients: 1, operations: 200, faults: false })
    expect(checkHistory(calm).verdict).toBe('proves_nothing')
    const busy = simulate({ seed: 1, faults: false })
    const header = { ...busy.header, faults: ['failover'] }
    expect(checkHistory({ ...busy, header }).coverage.reasons).toEqual([
      'the planned fault failover was never active',
    ])
  })

  it('do not count the failures of an instance that may refuse', () => {
    const { header, operations } = simulate({ seed: 1, faults: false })
    const refused = operations
      .filter(({ kind }) => kind === 'add')
      .map((one, at) => ({
        ...one,
        ...{ id: 100_000 + at, session: `old${at}`, process: 'old', key: undefined },
        ...{ status: 'fail' as const, error: 'busy', version: undefined },
      }))
    const history = { header, operations: [...operations, ...refused] }
    expect(checkHistory(history, QUICK).coverage.reasons).toEqual([
      expect.stringMatching(/operations failed \(\d+ %\); at most 20 % may/),
    ])
    const named = throughFile({ ...history, header: { ...header, may_refuse: ['old'] } })
    const { coverage, verdict } = checkHistory(named, QUICK)
    expect({ failed: coverage.failed, verdict }).toEqual({ failed: 0, verdict: 'holds' })
  })

  it('report the checks that a service without versions does not get', () => {
    const report = checkHistory(simulate({ seed: 1, versions: false }), QUICK)
    expect(report.not_checked).toContainEqual({
      guarantee: 'version_order',
      read_mode: 'strong',
      reason: 'the service has no versions',
    })
  })

  it('never pass an inconclusive search', () => {
    const history = simulate({ seed: 1, faults: false })
    const report = checkHistory(history, { limits: { states: 2, ms: 1000 } })
    const finding = report.findings.find(
      ({ guarantee, promised }) => guarantee === 'linearizability' && promised,
    )
    expect(finding).toMatchObject({ verdict: 'unknown' })
    expect(report.verdict).toBe('unknown')
  })

  it('measure the staleness of eventual reads over lagging replicas, and bound it for strong reads', () => {
    const { staleness } = checkHistory(simulate({ seed: 4 }), QUICK)
    const of = (mode: string) => staleness.find(({ read_mode }) => read_mode === mode)
    expect(of('eventual')?.stale.count).toBeGreaterThan(0)
    expect(of('eventual')?.age_ms?.max).toBeLessThan(80)
    expect(of('strong')?.stale).toMatchObject({ count: 0, high: 3 / (of('strong')?.reads ?? 0) })
    expect(of('strong')?.statement).toContain('at 95 % (3/n)')
  })
})

function storeOf(name: string | undefined): Pick<Simulation, 'store'> {
  const store = WRONG_STORES[name ?? '']
  return store === undefined ? {} : { store }
}

/** Stores whose fault shows in neither contents nor versions of single carts. */
const APART = new Set(['index that forgets'])

const SMALL = { clients: 4, operations: 12, carts: 1, products: 4 }

function decide(history: History, guarantee: Guarantee): boolean | undefined {
  const { findings } = checkHistory(history, { ...QUICK, guarantees: [guarantee] })
  const promised = findings.filter((finding) => finding.promised && finding.guarantee === guarantee)
  if (promised.some(({ verdict }) => verdict === 'violated')) return false
  return promised.some(({ verdict }) => verdict === 'unknown') ? undefined : true
}
