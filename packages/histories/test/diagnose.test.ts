import { describe, expect, it } from 'vitest'
import { checkHistory, type Operation, type Report } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'
import { WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

const QUICK = { shrinkMs: 0, limits: { states: 20_000, ms: 600_000 } }

function check(store: string, versions: boolean): Report {
  const make = WRONG_STORES[store]
  return checkHistory(simulate({ seed: 1, versions, ...(make && { store: make }) }), QUICK)
}

describe('a diagnosis', () => {
  // With two faults for one, a report is no help: these stores have one each.
  it.each([
    ['read-modify-write without a condition', 'lost_update'],
    ['checkout that swallows a concurrent add', 'lost_update'],
    ['acknowledged before it is durable', 'dropped_write'],
    ['last write wins by clock', 'dropped_write'],
    ['no idempotency', 'applied_twice'],
    ['idempotency checked apart from the write', 'applied_twice'],
    ['stale cache on reads', 'stale_read'],
    ['eventual reads labelled strong', 'stale_read'],
    ['union merge that resurrects', 'resurrected_line'],
    ['merge applied twice', 'merge_applied_twice'],
    ['batch half applied', 'partial_batch'],
    ['refused and yet applied', 'phantom_of_failure'],
    ['index that forgets', 'missing_from_list'],
  ])('names the one fault of a store: %s', (store, fault) => {
    for (const versions of [true, false]) {
      const { diagnoses, findings } = check(store, versions)
      expect(diagnoses[0]?.fault).toBe(fault)
      const counts = diagnoses.map(({ symptoms }) =>
        symptoms.reduce((sum, { count }) => sum + count, 0),
      )
      const total = findings
        .filter(({ promised }) => promised)
        .reduce((sum, { violation_count: count }) => sum + count, 0)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total)
      expect(counts[0]).toBeGreaterThan(0.9 * total)
    }
  })

  it('is not made without a violation, and for a promised cell only', () => {
    expect(checkHistory(simulate({ seed: 1 }), QUICK).diagnoses).toEqual([])
  })

  it('is given with every example of a promised violation', () => {
    const { findings } = check('stale cache on reads', false)
    for (const { promised, violations } of findings)
      for (const { fault } of violations) expect(fault === undefined).toBe(!promised)
  })
})

describe('the balance of units', () => {
  it('counts what is missing and doubled at the end, and the fewest changes that explain it', () => {
    const { balance } = checkHistory(
      history([
        create(0, 'c'),
        add(10, 'c', ['a', 5], ['ok', 30]),
        add(20, 'c', ['a', 2], ['ok', 40]),
        add(50, 'c', ['b', 1], ['ok', 60]),
        read(70, 'c', [
          ['a', 5],
          ['b', 3],
        ]),
        create(1, 'whole'),
        add(80, 'whole', ['a', 4], ['ok', 90]),
        // A change without a response may have happened: its units are neither missing nor doubled.
        add(91, 'whole', ['a', 1], ['info', 92]),
        read(95, 'whole', [['a', 5]]),
      ]),
      QUICK,
    )
    expect(balance).toEqual({
      changes: 4,
      carts: 2,
      carts_touched: 1,
      acknowledged: 12,
      missing: 2,
      doubled: 2,
      lost_changes: 1,
      lost_lines: 1,
      lost_alone: 0,
    })
  })

  it('says which losses overlapped no other change', () => {
    const { balance, diagnoses } = checkHistory(
      history([
        create(0, 'c'),
        add(10, 'c', ['a', 1], ['ok', 20]),
        add(30, 'c', ['a', 1], ['ok', 40]),
        read(50, 'c', [['a', 1]]),
      ]),
      QUICK,
    )
    expect(balance.lost_alone).toBe(1)
    expect(diagnoses[0]?.fault).toBe('dropped_write')
  })

  it('takes units that a later read shows for stale, although adds without a response are open', () => {
    const { diagnoses, balance } = checkHistory(
      history([
        create(0, 'c'),
        add(5, 'c', ['a', 1], ['info', 6]),
        add(10, 'c', ['a', 2], ['ok', 20]),
        read(30, 'c', []),
        read(40, 'c', [['a', 2]]),
      ]),
      QUICK,
    )
    expect(balance.missing).toBe(0)
    expect(diagnoses.map(({ fault }) => fault)).toEqual(['stale_read'])
  })

  it('does not take a loss for a stale read because another add overlaps a later read', () => {
    const { diagnoses } = checkHistory(
      history([
        create(0, 'c'),
        add(10, 'c', ['a', 5], ['ok', 30]),
        add(11, 'c', ['a', 4], ['ok', 31]),
        read(40, 'c', [['a', 5]]),
        // Applied, but acknowledged after the read: 5 + 4 looks like the 9 that were due.
        add(45, 'c', ['a', 4], ['ok', 60]),
        read(50, 'c', [['a', 9]]),
        read(70, 'c', [['a', 9]]),
      ]),
      QUICK,
    )
    expect(diagnoses.map(({ fault }) => fault)).toEqual(['lost_update'])
  })
})

type Draft = Omit<Operation, 'id'>

function history(drafts: readonly Draft[]) {
  return {
    header: {
      format: 'pushcart-history',
      format_version: 1,
      seed: 1,
      service: { name: 'test', versions: false, keys: false },
      faults: [],
    } as const,
    operations: drafts.map((draft, id) => ({ ...draft, id })),
  }
}

function create(at: number, cart: string): Draft {
  return { ...operation(at, at, cart), kind: 'create', customer: 'u', status: 'ok' }
}

function add(
  call: number,
  cart: string,
  line: readonly [string, number],
  [status, end]: readonly ['ok' | 'info', number],
): Draft {
  return { ...operation(call, end, cart), kind: 'add', lines: [line], status }
}

function read(at: number, cart: string, lines: readonly (readonly [string, number])[]): Draft {
  return { ...operation(at, at + 1, cart), kind: 'get', read: 'strong', lines, status: 'ok' }
}

function operation(call: number, end: number, cart: string) {
  return { session: `s${call}`, process: 'i0', intended: call, call, return: end, cart }
}
