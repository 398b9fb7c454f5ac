import { describe, expect, it } from 'vitest'
import {
  checkHistory,
  type HistoryHeader,
  type Line,
  type ListedCart,
  type Operation,
} from '../src/index.ts'

/** Histories of a few operations with their only correct outcome. */
describe('a history written by hand', () => {
  it.each<[string, readonly Written[]]>([
    [
      'a condition that was met',
      [
        create('t'),
        set('t', 1, { at: 2, if_version: [1], version: 2 }),
        set('t', 2, { at: 4, if_version: [1], ...REFUSED }),
        get('t', [['a', 1]], { at: 6, version: 2 }),
      ],
    ],
    [
      'a condition refused while a change without a response may have happened',
      [
        create('t'),
        add('t', 1, { at: 2, status: 'info' }),
        set('t', 2, { at: 4, if_version: [1], ...REFUSED }),
        get('t', [['a', 1]], { at: 6, version: 2 }),
      ],
    ],
    [
      'a condition refused in the tick in which a change began',
      [
        create('t'),
        add('t', 1, { at: 5, version: 2 }),
        set('t', 2, { at: 4, if_version: [1], ...REFUSED }),
      ],
    ],
    [
      'a condition on a cart that was deleted',
      [
        create('t'),
        { kind: 'delete', cart: 't', at: 2, version: 2 },
        set('t', 2, { at: 4, if_version: [2], ...REFUSED }),
      ],
    ],
    [
      'a conditional change that is answered again under its key',
      [
        create('t'),
        set('t', 1, { at: 2, key: 'k', if_version: [1], status: 'info' }),
        add('t', 1, { at: 4, version: 3 }),
        set('t', 1, { at: 6, key: 'k', if_version: [1], version: 2 }),
        get('t', [['a', 2]], { at: 8, version: 3 }),
      ],
    ],
    [
      'one key for changes of two kinds',
      [
        create('t'),
        add('t', 1, { at: 2, key: 'k', version: 2 }),
        { kind: 'remove', cart: 't', product: 'a', key: 'k', at: 4, version: 3 },
        get('t', [], { at: 6, version: 3 }),
      ],
    ],
    [
      'a replay that is answered without a version',
      [
        create('t'),
        add('t', 1, { at: 2, key: 'k', version: 2 }),
        add('t', 1, { at: 4, key: 'k' }),
        get('t', [['a', 1]], { at: 6, version: 2 }),
      ],
    ],
    [
      'versions that begin with 0, of a creation that was not answered',
      [
        create('t', { status: 'info', version: undefined }),
        get('t', [], { at: 2, version: 0 }),
        add('t', 1, { at: 4, version: 1 }),
        get('t', [['a', 1]], { at: 6, version: 1 }),
      ],
    ],
    [
      'a session that does not wait for its answers',
      [
        create('t', { session: 's' }),
        add('t', 1, { at: 2, until: 9, session: 's', version: 2 }),
        get('t', [], { at: 3, session: 's', version: 1 }),
        get('t', [['a', 1]], { at: 10, session: 's', version: 2 }),
      ],
    ],
    [
      'an add that happened after its client had given up',
      [
        create('t'),
        add('t', 1, { at: 2, status: 'info' }),
        get('t', [], { at: 4, version: 1 }),
        get('t', [['a', 1]], { at: 8, version: 2 }),
      ],
    ],
    [
      'a merge whose source shows neither lines nor status',
      [
        create('s'),
        create('t'),
        add('s', 1, { at: 2, version: 2 }),
        merge('t', 's', { at: 4 }),
        get('s', [], { at: 6, version: 3 }),
        get('t', [['a', 1]], { at: 6, version: 2 }),
      ],
    ],
    [
      'a merge that was half done until it was repeated',
      [
        create('s'),
        create('t'),
        add('s', 1, { at: 2, version: 2 }),
        merge('t', 's', { at: 4, status: 'info' }),
        get('s', [], { at: 6, version: 3, cart_status: 'merged' }),
        get('t', [], { at: 6, version: 1 }),
        merge('t', 's', { at: 8 }),
        get('t', [['a', 1]], { at: 10, version: 2 }),
      ],
    ],
    [
      'two concurrent merges with different strategies, one applied and one a repeat',
      [
        create('s'),
        create('t'),
        add('s', 5, { at: 2, version: 2 }),
        add('t', 1, { at: 2, version: 2 }),
        merge('t', 's', { at: 4, until: 9, strategy: 'sum' }),
        merge('t', 's', { at: 5, until: 8, strategy: 'keep' }),
        get('t', [['a', 6]], { at: 10, version: 3 }),
      ],
    ],
    [
      'a refused merge of a cart that was never created',
      [
        create('t'),
        merge('t', 'nobody', { at: 2, status: 'fail', error: 'not_found' }),
        get('t', [], { at: 4, version: 1 }),
      ],
    ],
    [
      'a list that shows an older version',
      [
        create('t'),
        add('t', 1, { at: 2, version: 2 }),
        list([{ cart: 't', version: 1, lines: [] }], { at: 4, read: 'eventual' }),
      ],
    ],
  ])('holds: %s', (_, written) => {
    expect(outcomeOf(written)).toEqual({ verdict: 'holds', anomalies: [] })
  })

  it.each<[string, string, readonly Written[]]>([
    [
      'condition_ignored',
      'two changes that required one version',
      [
        create('t'),
        set('t', 1, { at: 2, if_version: [1], version: 2 }),
        set('t', 2, { at: 4, if_version: [1], version: 3 }),
        get('t', [['a', 2]], { at: 6, version: 3 }),
      ],
    ],
    [
      'refused_in_vain',
      'a condition that was met throughout',
      [
        create('t'),
        add('t', 1, { at: 2, version: 2 }),
        set('t', 2, { at: 4, if_version: [2], ...REFUSED }),
        get('t', [['a', 1]], { at: 6, version: 2 }),
      ],
    ],
    [
      'duplicated_change',
      'a retry that was applied again',
      [
        create('t'),
        add('t', 1, { at: 2, key: 'k', version: 2 }),
        add('t', 1, { at: 4, key: 'k', version: 3 }),
        get('t', [['a', 2]], { at: 6, version: 3 }),
      ],
    ],
    [
      'duplicated_change',
      'two carts created under one key',
      [create('t', { key: 'k' }), create('u', { key: 'k' })],
    ],
    [
      'not_linearizable',
      'a cart merged into two others',
      [
        create('s'),
        create('t'),
        create('v'),
        add('s', 1, { at: 2, version: 2 }),
        merge('t', 's', { at: 4, status: 'info' }),
        merge('v', 's', { at: 8 }),
        get('t', [['a', 1]], { at: 10, version: 2 }),
        get('v', [['a', 1]], { at: 10, version: 2 }),
      ],
    ],
    [
      'version_content',
      'a merge with strategy keep that added units',
      [
        create('s'),
        create('t'),
        add('s', 5, { at: 2, version: 2 }),
        add('t', 1, { at: 2, version: 2 }),
        merge('t', 's', { at: 4, strategy: 'keep' }),
        get('t', [['a', 6]], { at: 6, version: 3 }),
      ],
    ],
    [
      'impossible_change',
      'an add to a deleted cart',
      [
        create('t'),
        { kind: 'delete', cart: 't', at: 2, version: 2 },
        add('t', 1, { at: 4, version: 3 }),
      ],
    ],
    [
      'listed_twice',
      'a cart twice in one list',
      [create('t'), list([{ cart: 't' }, { cart: 't' }], { at: 2 })],
    ],
    [
      'listed_otherwise',
      'different lines at one version',
      [
        create('t'),
        add('t', 1, { at: 2, version: 2 }),
        get('t', [['a', 1]], { at: 4, version: 2 }),
        list([{ cart: 't', version: 2, lines: [] }], { at: 6 }),
      ],
    ],
    [
      'listed_otherwise',
      'another status at one version',
      [
        create('t'),
        add('t', 1, { at: 2, version: 2 }),
        { kind: 'checkout', cart: 't', at: 4, version: 3 },
        get('t', [['a', 1]], { at: 6, version: 3, cart_status: 'checked_out' }),
        list([{ cart: 't', version: 3, cart_status: 'active', lines: [['a', 1]] }], { at: 8 }),
      ],
    ],
    [
      'listed_otherwise',
      'a deleted cart in a final list',
      [
        create('t'),
        { kind: 'delete', cart: 't', at: 2, version: 2 },
        {
          kind: 'get',
          cart: 't',
          read: 'strong',
          at: 4,
          status: 'fail',
          error: 'not_found',
          final: true,
        },
        list([{ cart: 't', version: 1, lines: [] }], { at: 6, final: true }),
      ],
    ],
  ])('violates %s: %s', (anomaly, _, written) => {
    const { verdict, anomalies } = outcomeOf(written)
    expect(verdict).toBe('violated')
    expect(anomalies).toContain(anomaly)
  })

  it('without versions, shows that two changes required one version', () => {
    const written = [
      create('t'),
      set('t', 1, { at: 2, if_version: [1] }),
      set('t', 2, { at: 4, if_version: [1] }),
    ]
    expect(outcomeOf(written, { versions: false }).anomalies).toEqual(['condition_ignored'])
  })

  it('without versions, compares a final list with a final read', () => {
    const written = [
      create('t'),
      add('t', 1, { at: 2 }),
      { kind: 'remove' as const, cart: 't', product: 'a', at: 4 },
      get('t', [], { at: 6, final: true }),
      list([{ cart: 't', lines: [['a', 1]] }], { at: 6, final: true }),
    ]
    expect(outcomeOf(written, { versions: false }).anomalies).toContain('listed_otherwise')
  })

  it.each([true, false])(
    'proves nothing about lines from a cart without a recorded creation (versions: %s)',
    (versions) => {
      const written = [
        create('t'),
        merge('t', 'older', { at: 2 }),
        get('t', [['a', 7]], { at: 4, version: 2 }),
      ]
      expect(outcomeOf(written, { versions })).toEqual({ verdict: 'unknown', anomalies: [] })
    },
  )

  it('reports a lost add as lost, not as stale', () => {
    const written = [
      create('t'),
      add('t', 1, { at: 2 }),
      add('t', 1, { at: 4 }),
      get('t', [['a', 1]], { at: 6 }),
    ]
    const { staleness, findings } = reportOf(written, { versions: false })
    expect(
      findings.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly)),
    ).toContain('lost_add')
    expect(staleness[0]?.stale.count).toBe(0)
  })

  it('counts an eventual read that does not find the cart as stale by all its versions', () => {
    const lost = {
      kind: 'get',
      cart: 't',
      read: 'eventual',
      at: 4,
      status: 'fail',
      error: 'not_found',
    } as const
    const report = reportOf([create('t'), add('t', 1, { at: 2, version: 2 }), lost])
    expect(report.staleness[0]).toMatchObject({
      stale: { count: 1 },
      versions_behind: [{ versions: 2, reads: 1, within: { share: 1 } }],
    })
  })
})

/** An operation as a test writes it. It takes from `at` to `until`, one tick by default. */
type Written = Pick<Operation, 'kind' | 'cart'> &
  Partial<Operation> & { readonly at: number; readonly until?: number }
type More = Partial<Operation> & { readonly at: number; readonly until?: number }

const REFUSED = { status: 'fail', error: 'precondition_failed' } as const

function create(cart: string, more: Partial<Operation> = {}): Written {
  return { kind: 'create', cart, customer: 'u', at: 0, version: 1, ...more }
}

function add(cart: string, units: number, more: More): Written {
  return { kind: 'add', cart, lines: [['a', units]], ...more }
}

function set(cart: string, units: number, more: More): Written {
  return { kind: 'set', cart, lines: [['a', units]], ...more }
}

function merge(cart: string, from: string, more: More): Written {
  return { kind: 'merge', cart, from, ...more }
}

function get(cart: string, lines: readonly Line[], more: More): Written {
  return { kind: 'get', cart, read: 'strong', lines, ...more }
}

function list(carts: readonly ListedCart[], more: More): Written {
  return { kind: 'list', cart: '', customer: 'u', read: 'strong', carts, ...more }
}

function reportOf(written: readonly Written[], service: Partial<HistoryHeader['service']> = {}) {
  const operations = written.map(({ at, until = at + 1, ...more }, id): Operation => {
    const frame = { id, session: `s${id}`, process: 'i0', intended: at, call: at, return: until }
    const version = service.versions === false ? undefined : more.version
    return { ...frame, status: 'ok', ...more, version }
  })
  const header: HistoryHeader = {
    format: 'pushcart-history',
    format_version: 1,
    seed: 1,
    service: { name: 'by hand', versions: true, keys: true, ...service },
    faults: [],
  }
  return checkHistory({ header, operations }, { coverage: { overlaps: 0, answered: 0, failed: 1 } })
}

function outcomeOf(written: readonly Written[], service: Partial<HistoryHeader['service']> = {}) {
  const { verdict, findings } = reportOf(written, service)
  const promised = findings.filter((finding) => finding.promised)
  return {
    verdict,
    anomalies: promised.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly)),
  }
}
