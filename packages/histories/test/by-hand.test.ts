import { describe, expect, it } from 'vitest'
import { checkHistory, type HistoryHeader, type ListedCart, type Operation } from '../src/index.ts'

/** Histories of a few operations with their only correct outcome; `operationsOf` explains the notation. */
describe('a history written by hand', () => {
  it.each([
    [
      'a condition that was met',
      'create t; set t 1 @2 if=1 v2; set t 2 @4 if=1 refused; get t 1 @6 v2',
    ],
    [
      'a condition refused while a change without a response may have happened',
      'create t; add t 1 @2 info; set t 2 @4 if=1 refused; get t 1 @6 v2',
    ],
    [
      'a condition refused in the tick in which a change began',
      'create t; add t 1 @5 v2; set t 2 @4 if=1 refused',
    ],
    ['a condition on a cart that was deleted', 'create t; delete t @2 v2; set t 2 @4 if=2 refused'],
    [
      'a conditional change that is answered again under its key',
      'create t; set t 1 @2 key=k if=1 info; add t 1 @4 v3; set t 1 @6 key=k if=1 v2; get t 2 @8 v3',
    ],
    [
      'one key for changes of two kinds',
      'create t; add t 1 @2 key=k v2; remove t @4 key=k v3; get t 0 @6 v3',
    ],
    [
      'a replay that is answered without a version',
      'create t; add t 1 @2 key=k v2; add t 1 @4 key=k; get t 1 @6 v2',
    ],
    [
      'versions that begin with 0, of a creation that was not answered',
      'create t info unversioned; get t 0 @2 v0; add t 1 @4 v1; get t 1 @6 v1',
    ],
    [
      'a session that does not wait for its answers',
      'create t session=s; add t 1 @2-9 session=s v2; get t 0 @3 session=s v1; get t 1 @10 session=s v2',
    ],
    [
      'an add that happened after its client had given up',
      'create t; add t 1 @2 info; get t 0 @4 v1; get t 1 @8 v2',
    ],
    [
      'a merge whose source shows neither lines nor status',
      'create s; create t; add s 1 @2 v2; merge t s @4; get s 0 @6 v3; get t 1 @6 v2',
    ],
    [
      'a merge that was half done until it was repeated',
      'create s; create t; add s 1 @2 v2; merge t s @4 info; get s 0 @6 v3 merged; get t 0 @6 v1; merge t s @8; get t 1 @10 v2',
    ],
    [
      'two concurrent merges with different strategies, one applied and one a repeat',
      'create s; create t; add s 5 @2 v2; add t 1 @2 v2; merge t s @4-9 sum; merge t s @5-8 keep; get t 6 @10 v3',
    ],
    [
      'a refused merge of a cart that was never created',
      'create t; merge t nobody @2 not_found; get t 0 @4 v1',
    ],
    [
      'a list that shows a cart between the attempt that created it and the one that was answered',
      'create  @1 key=k info unversioned; list t/v1/0 @3 eventual; create t @5 key=k; get t 0 @7 v1',
    ],
    [
      'two merges of a cart without a response, of which the later one happened',
      'create s; create t; create v; add s 1 @2 v2; merge t s @4 info; merge v s @8 info; get t 0 @12 v1; get v 1 @12 v2; get s 0 @12 v3 merged',
    ],
    ['a list that shows an older version', 'create t; add t 1 @2 v2; list t/v1/0 @4 eventual'],
  ])('holds: %s', (_, written) => {
    expect(outcomeOf(written)).toEqual({ verdict: 'holds', anomalies: [] })
  })

  it.each([
    [
      'condition_ignored',
      'two changes that required one version',
      'create t; set t 1 @2 if=1 v2; set t 2 @4 if=1 v3; get t 2 @6 v3',
    ],
    [
      'refused_in_vain',
      'a condition that was met throughout',
      'create t; add t 1 @2 v2; set t 2 @4 if=2 refused; get t 1 @6 v2',
    ],
    [
      'duplicated_change',
      'a retry that was applied again',
      'create t; add t 1 @2 key=k v2; add t 1 @4 key=k v3; get t 2 @6 v3',
    ],
    ['duplicated_change', 'two carts created under one key', 'create t key=k; create u key=k'],
    [
      'not_linearizable',
      'a cart merged into two others',
      'create s; create t; create v; add s 1 @2 v2; merge t s @4 info; merge v s @8; get t 1 @10 v2; get v 1 @10 v2',
    ],
    [
      'version_content',
      'a merge with strategy keep that added units',
      'create s; create t; add s 5 @2 v2; add t 1 @2 v2; merge t s @4 keep; get t 6 @6 v3',
    ],
    ['impossible_change', 'an add to a deleted cart', 'create t; delete t @2 v2; add t 1 @4 v3'],
    ['listed_twice', 'a cart twice in one list', 'create t; list t t @2'],
    [
      'listed_otherwise',
      'different lines at one version',
      'create t; add t 1 @2 v2; get t 1 @4 v2; list t/v2/0 @6',
    ],
    [
      'listed_otherwise',
      'another status at one version',
      'create t; add t 1 @2 v2; checkout t @4 v3; get t 1 @6 v3 checked_out; list t/v3/1/active @8',
    ],
    [
      'listed_otherwise',
      'a deleted cart in a final list',
      'create t; delete t @2 v2; get t @4 not_found final; list t/v1/0 @6 final',
    ],
  ])('violates %s: %s', (anomaly, _, written) => {
    const { verdict, anomalies } = outcomeOf(written)
    expect(verdict).toBe('violated')
    expect(anomalies).toContain(anomaly)
  })

  it('without versions, shows that two changes required one version', () => {
    const written = 'create t; set t 1 @2 if=1; set t 2 @4 if=1'
    expect(outcomeOf(written, { versions: false }).anomalies).toEqual(['condition_ignored'])
  })

  it('without versions, compares a final list with a final read', () => {
    const written = 'create t; add t 1 @2; remove t @4; get t 0 @6 final; list t/1 @6 final'
    expect(outcomeOf(written, { versions: false }).anomalies).toContain('listed_otherwise')
  })

  it.each([true, false])(
    'proves nothing about lines from a cart without a recorded creation (versions: %s)',
    (versions) => {
      const written = 'create t; merge t older @2; get t 7 @4 v2'
      expect(outcomeOf(written, { versions })).toEqual({ verdict: 'unknown', anomalies: [] })
    },
  )

  it('reports a lost add as lost, not as stale', () => {
    const written = 'create t; add t 1 @2; add t 1 @4; get t 1 @6'
    const { staleness, findings } = reportOf(written, { versions: false })
    expect(
      findings.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly)),
    ).toContain('lost_add')
    expect(staleness[0]?.stale.count).toBe(0)
  })

  it('counts an eventual read that does not find the cart as stale by all its versions', () => {
    const report = reportOf('create t; add t 1 @2 v2; get t @4 eventual not_found')
    expect(report.staleness[0]).toMatchObject({
      stale: { count: 1 },
      versions_behind: [{ versions: 2, reads: 1, within: { share: 1 } }],
    })
  })
})

/** Fields by the word that sets them. */
const WORDS: Readonly<Record<string, Partial<Operation>>> = {
  info: { status: 'info' },
  refused: { status: 'fail', error: 'precondition_failed' },
  not_found: { status: 'fail', error: 'not_found' },
  unversioned: { version: undefined },
  merged: { cart_status: 'merged' },
  checked_out: { cart_status: 'checked_out' },
  active: { cart_status: 'active' },
  sum: { strategy: 'sum' },
  keep: { strategy: 'keep' },
  eventual: { read: 'eventual' },
  final: { final: true },
}

/** `2` are units of product `a`, `v3` is a version, `@4` and `@4-9` are call and return; one tick without a return. */
function fieldsOf(word: string, parts: readonly string[]): Partial<Operation> {
  const [, key, value = ''] = /^(v|@|if=|key=|session=)(\w+)/.exec(word) ?? []
  const until = Number(/-(\d+)$/.exec(word)?.[1] ?? Number(value) + 1)
  switch (key) {
    case 'v':
      return { version: Number(value) }
    case '@':
      return { intended: Number(value), call: Number(value), return: until }
    case 'if=':
      return { if_version: [Number(value)] }
    case undefined:
      if (/^\d+$/.test(word)) return { lines: word === '0' ? [] : [['a', Number(word)]] }
      if (WORDS[word] === undefined) throw new Error(`unknown word ${word} in ${parts.join(' ')}`)
      return WORDS[word]
    default:
      return { [key.slice(0, -1)]: value }
  }
}

/** Operations from `kind cart words`, separated by semicolons; a merge has its source, a list has carts. */
function operationsOf(written: string): Operation[] {
  return written.split('; ').map((text, id) => {
    const parts = text.split(' ')
    const [kind = '', cart = '', ...rest] = parts
    const carts = parts.slice(1).filter((word) => /^[a-z](\/|$)/.test(word))
    const words = kind === 'list' ? parts.slice(1 + carts.length) : rest
    const fields: Partial<Operation> = {
      ...(kind === 'create' && { customer: 'u', version: 1 }),
      ...(kind === 'remove' && { product: 'a' }),
      ...(kind === 'merge' && { from: words.shift() ?? '' }),
      ...((kind === 'get' || kind === 'list') && { read: 'strong' }),
      ...(kind === 'list' && { customer: 'u', cart: '', carts: carts.map(listed) }),
    }
    const base = {
      id,
      session: `s${id}`,
      process: 'i0',
      status: 'ok',
      intended: 0,
      call: 0,
      return: 1,
    }
    const all = words.map((word) => fieldsOf(word, parts))
    return Object.assign({ kind, cart, ...base }, fields, ...all)
  })
}

function listed(written: string): ListedCart {
  const [cart = '', ...words] = written.split('/')
  return Object.assign({ cart }, ...words.map((word) => fieldsOf(word, words)))
}

function reportOf(written: string, service: Partial<HistoryHeader['service']> = {}) {
  const operations = operationsOf(written).map((operation) =>
    service.versions === false ? { ...operation, version: undefined } : operation,
  )
  const header: HistoryHeader = {
    format: 'pushcart-history',
    format_version: 1,
    seed: 1,
    service: { name: 'by hand', versions: true, keys: true, ...service },
    faults: [],
  }
  return checkHistory({ header, operations }, { coverage: { overlaps: 0, answered: 0, failed: 1 } })
}

function outcomeOf(written: string, service: Partial<HistoryHeader['service']> = {}) {
  const { verdict, findings } = reportOf(written, service)
  const promised = findings.filter((finding) => finding.promised)
  return {
    verdict,
    anomalies: promised.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly)),
  }
}
