import type { Kind } from '@pushcart/histories'
import { expect, test } from 'vitest'
import { type Custom, memoryClient } from '../../../../test/support/memory-client.ts'
import { probeAbilities } from '../../src/consistency/record/abilities.ts'
import { retryAfterMs } from '../../src/consistency/record/patient-client.ts'

test('a service whose changes all work as in the model has all kinds', async () => {
  expect(await probeAbilities(memoryClient(), '7')).toMatchObject({
    kinds: ['create', 'get', 'add', 'set', 'remove', 'empty', 'delete', 'checkout', 'merge'],
    strategies: ['sum', 'max', 'keep'],
    otherwise: [],
    versions: true,
    conditional: true,
    batches: true,
    modes: false,
    keys: false,
  })
})

test.each<[Custom, Kind, string]>([
  ['set makes no lines', 'set', 'it makes no line that is not there'],
  ['removing twice is fine', 'remove', 'taking out what is not there is not refused'],
  ['an order leaves an active cart', 'checkout', 'the cart takes adds after it'],
  ['an empty cart can be ordered', 'checkout', 'an empty cart is not refused'],
  ['a merge deletes its source', 'merge', 'the cart that was merged is not found'],
])('where %s, %s is left out and reported', async (custom, kind, difference) => {
  const { kinds, otherwise } = await probeAbilities(memoryClient([custom]), '7')
  expect(kinds).not.toContain(kind)
  expect(otherwise).toEqual([{ kind, difference }])
})

test('strategies and conditions that the service does not know are not used', async () => {
  const client = memoryClient(['merges are sums', 'If-Match is not known'])
  const { strategies, conditional } = await probeAbilities(client, '7')
  expect({ strategies, conditional }).toEqual({ strategies: ['sum'], conditional: false })
})

test('versions count only where they rise by one with every change of a cart', async () => {
  const meaning = async (...customs: Custom[]) => {
    const { versions, opaqueVersions, conditional } = await probeAbilities(
      memoryClient(customs),
      '7',
    )
    return { versions, opaqueVersions, conditional }
  }
  expect(await meaning()).toEqual({ versions: true, opaqueVersions: false, conditional: true })
  expect(await meaning('versions are of one sequence')).toEqual({
    versions: false,
    opaqueVersions: true,
    conditional: false,
  })
  expect(await meaning('versions are of no use')).toEqual({
    versions: false,
    opaqueVersions: false,
    conditional: false,
  })
})

test('a rate limit is waited for', async () => {
  const usual = await probeAbilities(memoryClient(), '7')
  const limited = memoryClient(['one request in three is refused by a rate limit'])
  expect(await probeAbilities(limited, '7')).toEqual(usual)
})

test('a Retry-After is seconds or a date', () => {
  expect(retryAfterMs('2', 0)).toBe(2000)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:03 GMT', 1000)).toBe(2000)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:03 GMT', 9000)).toBe(0)
  expect(retryAfterMs('soon', 0)).toBeUndefined()
  expect(retryAfterMs(undefined, 0)).toBeUndefined()
})

test('a service that stops responding while it is probed is said to have stopped', async () => {
  const client = memoryClient()
  let left = 12
  const dying: typeof client = {
    ...client,
    ask: async (operation, values) =>
      left-- > 0
        ? client.ask(operation, values)
        : { status: 0, body: undefined, ms: 0, startedAt: 0, error: 'connection refused' },
  }
  await expect(probeAbilities(dying, '7')).rejects.toThrow(
    'memory stopped responding while it was probed: connection refused',
  )
})
