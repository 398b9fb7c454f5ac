import { expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import { newCartId } from '../../../src/cart/ids.ts'
import type { Client } from '../../../src/store/dynamodb/client.ts'
import { positionKey } from '../../../src/store/dynamodb/item.ts'
import { listCarts } from '../../../src/store/dynamodb/lists.ts'
import { NO_EVENTS } from '../../../src/store/store-events.ts'
import { create, newCustomer, T0 } from '../../contract/fixtures.ts'
import { openGatedStore } from './gated-store.ts'

const dynamo = useDynamo()
const DAY = 86_400_000

it('consecutive expired carts behind a full page are read in growing steps', async () => {
  const { store, gate } = await openGatedStore(dynamo, dynamo.newTableName())
  const customer = newCustomer()
  const now = T0 + 100 * DAY
  // A few at a time: of 300 at once, the last ones would wait for the emulator until they time out on a busy machine.
  for (let i = 0; i < 300; i += 20)
    await Promise.all(Array.from({ length: 20 }, (_, j) => create(store, customer, T0 + i + j)))
  const live = await Promise.all(
    Array.from({ length: 20 }, (_, i) => create(store, customer, now + i)),
  )
  const seen: string[] = []
  gate(async (operation, send) => {
    // Counted once it is answered: a request that timed out is sent again.
    const answer = await send()
    if (answer.status === 200) seen.push(operation)
    return answer
  })
  const page = await store.listCarts(customer, { limit: 20, now: now + 20 })
  await store.close()
  expect(page.items.map(({ cartId }) => cartId)).toEqual(live.toReversed())
  expect(page.cursor).toBeNull()
  // 21, then 1, 2, 4, ... 64, then 100 at a time: 21 + 127 + 2 * 100 > 320.
  expect(seen.filter((operation) => operation === 'Query')).toHaveLength(10)
  expect(seen.filter((operation) => operation === 'BatchGetItem').length).toBeLessThanOrEqual(10)
})

it('a page is short and has a cursor after 5,000 consecutive skipped entries', async () => {
  // 6,000 entries of an index whose carts TTL has removed already.
  const keys = Array.from({ length: 6_000 }, (_, i) =>
    positionKey({ at: T0 + i, cartId: newCartId(T0 + i) }),
  ).toReversed()
  let read = 0
  const answer = (input: {
    readonly Limit?: number
    readonly ExpressionAttributeValues?: Record<string, { readonly S: string }>
  }) => {
    const before = input.ExpressionAttributeValues?.[':before']?.S
    if (before === undefined) return { Responses: {} }
    const found = keys.filter((key) => key < before).slice(0, input.Limit)
    read += found.length
    return { Items: found.map((key) => ({ cart_key: { S: key } })) }
  }
  const client: Client = {
    tableName: 't',
    tableId: 't',
    events: NO_EVENTS,
    request: async (_operation, input) => answer(input as Parameters<typeof answer>[0]),
    resend: (request) => request(),
    items: { strong: async () => undefined, eventual: async () => undefined },
    complete: (item) => item,
    newCartId,
    isHere: () => true,
    date: () => undefined,
    destroy: async () => {},
  }
  const first = await listCarts(client, 7, { limit: 20, now: T0 })
  expect(first.items).toEqual([])
  expect(first.cursor).not.toBeNull()
  expect(read).toBeGreaterThanOrEqual(5_000)
  expect(read).toBeLessThan(5_100)
  const second = await listCarts(client, 7, { limit: 20, now: T0, cursor: first.cursor ?? '' })
  expect(second).toEqual({ items: [], cursor: null })
  expect(read).toBe(6_000)
})
