import { describe, expect, it } from 'vitest'
import { checkHistory, type Operation } from '../src/index.ts'
import { simulate } from './support/wrong-stores/simulate.ts'
import { WRONG_STORES } from './support/wrong-stores/wrong-stores.ts'

type Draft = Pick<Operation, 'kind' | 'session' | 'call'> & Partial<Operation>

const read = (session: string, call: number, version: number, quantity: number): Draft => ({
  kind: 'get',
  session,
  call,
  version,
  read: 'strong',
  lines: [['a', quantity]],
})
const set = (
  session: string,
  call: number,
  version: number | undefined,
  quantity: number,
): Draft => ({
  kind: 'set',
  session,
  call,
  version,
  lines: [['a', quantity]],
})

function check(drafts: readonly Draft[]) {
  const created: Draft = { kind: 'create', session: 'x', call: 0, version: 900, customer: 'u' }
  const { findings } = checkHistory(
    {
      header: {
        format: 'pushcart-history',
        format_version: 1,
        seed: 1,
        service: { name: 'test', versions: false, opaque_versions: true, keys: false },
        faults: [],
      },
      operations: [created, ...drafts].map((draft, id) => ({
        id,
        process: 'i0',
        cart: 'c',
        intended: draft.call,
        return: draft.call + 5,
        status: 'ok',
        ...draft,
      })),
    },
    { guarantees: ['read_your_writes', 'monotonic_reads', 'conditions', 'version_order'] },
  )
  return findings.flatMap(({ violations }) => violations.map(({ anomaly }) => anomaly))
}

describe('versions that only identify states', () => {
  // Lines that are set show nothing by their quantities.
  it('show a read that misses a change of its session', () => {
    expect(check([set('s', 10, 950, 1), set('s', 20, 977, 2), read('s', 30, 950, 1)])).toEqual([
      'own_write_unseen',
    ])
  })

  it('show a read that is older than an earlier one', () => {
    const changes = [set('a', 10, 950, 1), set('b', 20, 977, 2)]
    expect(check([...changes, read('s', 30, 977, 2), read('s', 40, 950, 1)])).toEqual([
      'read_went_back',
    ])
  })

  it('need not rise in the order of the changes', () => {
    // Drawn from a sequence before the lock was taken: 951 was made after 977.
    const changes = [set('a', 10, 977, 1), { ...set('b', 8, 951, 2), return: 30 }]
    expect(check([...changes, read('s', 14, 977, 1), read('s', 40, 951, 2)])).toEqual([])
  })

  it('prove nothing if two changes made one of them', () => {
    const changes = [set('a', 10, 950, 1), set('s', 20, 977, 2), set('b', 30, 950, 3)]
    expect(check([...changes, read('s', 40, 950, 3)])).toEqual([])
  })

  it('prove nothing once a change of unknown version was called', () => {
    const lost = { ...set('b', 25, undefined, 1), status: 'info' } as const
    expect(
      check([set('a', 10, 950, 1), set('s', 20, 977, 2), lost, read('s', 40, 950, 1)]),
    ).toEqual([])
  })

  it('are not taken for the versions of conditions', () => {
    expect(check([{ ...set('a', 10, 950, 1), if_version: [7] }])).toEqual([])
  })
})

describe('on simulated services', () => {
  const opaque = (seed: number, store?: (typeof WRONG_STORES)[string]) => {
    const history = simulate({ seed, ...(store && { store }) })
    const service = { ...history.header.service, versions: false, opaque_versions: true }
    // Another number for every state, as of a sequence that all carts share.
    const operations = history.operations
      .filter(({ kind }) => kind !== 'list')
      .map(({ version, ...one }) => ({
        ...one,
        if_version: undefined,
        version:
          version === undefined || one.kind === 'merge' ? undefined : (version * 7919) % 104_729,
      }))
    return checkHistory(
      { header: { ...history.header, service }, operations },
      { shrinkMs: 0, examples: 1000 },
    )
  }

  it('a correct service raises no false alarm', () => {
    for (let seed = 1; seed <= 20; seed++) expect(opaque(seed).verdict).not.toBe('violated')
  })

  it('a stale cache is found by them', () => {
    const { findings } = opaque(1, WRONG_STORES['stale cache on reads'])
    const found = findings.find(({ guarantee }) => guarantee === 'read_your_writes')
    const messages = found?.violations.map(({ message }) => message)
    expect(messages).toContainEqual(expect.stringContaining('had ended before that of version'))
  })
})
