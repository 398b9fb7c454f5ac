import { expect, test } from 'vitest'
import { probeAbilities } from '../../lab/consistency/record/abilities.ts'
import type { Kind } from '../../packages/histories/src/index.ts'
import { type Custom, memoryClient } from '../support/memory-client.ts'

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
