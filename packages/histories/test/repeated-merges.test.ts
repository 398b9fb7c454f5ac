import { describe, expect, it } from 'vitest'
import { checkHistory, type History, type Operation, type Strategy } from '../src/index.ts'
import { brokenPromises } from './detection-matrix.ts'

/**
 * A cart with 2 units of p is merged into one with 3 units, by two sessions and under two keys. Only one of the attempts
 * takes effect.
 *
 * @param strategies of the two attempts; the first attempt is acknowledged first
 * @param left       units in the target afterwards
 * @param after      whether the second attempt began after the first was acknowledged; otherwise either may have made the
 *   merge
 */
function twiceMerged(
  strategies: readonly [Strategy, Strategy],
  left: number,
  { versions, after }: { readonly versions: boolean; readonly after: boolean },
): History {
  let clock = 0
  const operations: Operation[] = []
  const put = (kind: Operation['kind'], cart: string, more: Partial<Operation> = {}) => {
    const [call, end] = [clock, clock + 10]
    clock += 20
    const { version, ...rest } = more
    operations.push({
      id: operations.length,
      session: 's0',
      process: 'i0',
      kind,
      cart,
      intended: call,
      call,
      return: end,
      status: 'ok',
      ...rest,
      ...(versions && version !== undefined && { version }),
    })
  }
  for (const [cart, units] of [
    ['target', 3],
    ['source', 2],
  ] as const) {
    put('create', cart, { customer: 'c', version: 1 })
    put('add', cart, { lines: [['p', units]], version: 2 })
  }
  const start = clock
  strategies.forEach((strategy, i) => {
    const call = after ? start + 200 * i : start
    const end = call + 100 + i
    const [session, key] = [`s${i + 1}`, `k${i}`]
    put('merge', 'target', { session, key, call, return: end, from: 'source', strategy })
  })
  clock = start + 1000
  const shown = { read: 'strong', final: true } as const
  put('get', 'target', { ...shown, lines: [['p', left]], version: 3, cart_status: 'active' })
  put('get', 'source', { ...shown, lines: [], version: 3, cart_status: 'merged' })
  const service = { name: 'by hand', versions, keys: true }
  const header: History['header'] = {
    format: 'pushcart-history',
    format_version: 1,
    seed: 1,
    service,
    faults: [],
  }
  return { header, operations }
}

describe.each([true, false])('repeated merges of one cart, versions %s', (versions) => {
  const broken = (strategies: readonly [Strategy, Strategy], left: number, after = false) => [
    ...brokenPromises(checkHistory(twiceMerged(strategies, left, { versions, after }))),
  ]

  it.each([
    ['sum', 'keep', 5],
    ['sum', 'keep', 3],
    ['keep', 'sum', 5],
    ['keep', 'max', 3],
    ['sum', 'sum', 5],
  ] as const)('by %s and %s may leave %i', (one, other, left) => {
    expect(broken([one, other], left)).toEqual([])
  })

  it.each([
    ['sum', 'keep', 7],
    ['keep', 'max', 5],
    ['sum', 'sum', 3],
  ] as const)('by %s and %s cannot leave %i', (one, other, left) => {
    expect(broken([one, other], left)).not.toEqual([])
  })

  it('take effect with the first attempt if the second began after its response', () => {
    expect(broken(['sum', 'keep'], 5, true)).toEqual([])
    expect(broken(['sum', 'keep'], 3, true)).not.toEqual([])
  })
})
