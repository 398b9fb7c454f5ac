import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Consistency } from '../../../src/store/cart-store.ts'
import { DynamoFailure } from '../../../src/store/dynamodb/failure.ts'
import { COALESCED, openItems, type ReadItem } from '../../../src/store/dynamodb/items.ts'
import type { Resend } from '../../../src/store/dynamodb/resend.ts'
import type { Operations, Request } from '../../../src/store/dynamodb/transport.ts'
import { NO_EVENTS } from '../../../src/store/store-events.ts'

const WAIT_MS = 5_000
const { maxInFlight, maxInBatch } = COALESCED
const itemOf = (cartId: string) => ({ cart_id: { S: cartId } })

interface Held {
  readonly operation: string
  readonly cartIds: readonly string[]
  readonly strong: boolean
  /** Responds with these carts and returns the others unprocessed. */
  answer(found: readonly string[], left?: readonly string[]): Promise<void>
  fail(error: Error): Promise<void>
}

/** Readers of items whose requests a test completes one by one. */
function openHeld(): { held: Held[]; read: Readonly<Record<Consistency, ReadItem>> } {
  const held: Held[] = []
  const request: Request = async (operation, input) => {
    const answered = Promise.withResolvers<object>()
    const { keys, strong } = askedFor(operation, input)
    held.push({
      operation,
      cartIds: keys,
      strong,
      answer(found, left = []) {
        const Keys = left.map(itemOf)
        answered.resolve(
          operation === 'GetItem'
            ? { Item: found.map(itemOf)[0] }
            : { Responses: { t: found.map(itemOf) }, UnprocessedKeys: { t: { Keys } } },
        )
        return settle()
      },
      fail(error) {
        answered.reject(error)
        return settle()
      },
    })
    return answered.promise
  }
  const resend: Resend = (send) => send()
  const requests = {
    tableName: 't',
    events: NO_EVENTS,
    request,
    resend,
    complete: <T>(item: T) => item,
  }
  return { held, read: openItems(requests, { maxWaitMs: WAIT_MS }) }
}

function askedFor(operation: keyof Operations, input: object) {
  if (operation === 'GetItem') {
    const { Key, ConsistentRead } = input as Operations['GetItem']['input']
    return { keys: [Key?.cart_id?.S ?? ''], strong: ConsistentRead === true }
  }
  const { t } = (input as Operations['BatchGetItem']['input']).RequestItems ?? {}
  const keys = (t?.Keys ?? []).map((key) => key.cart_id?.S ?? '')
  return { keys, strong: t?.ConsistentRead === true }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** As many reads as may be in flight, each alone. */
function fill(read: ReadItem): void {
  for (const i of range(maxInFlight)) void read(`busy-${i}`)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('coalesced reads', () => {
  it('are sent at once and alone while a slot is free', () => {
    const { held, read } = openHeld()
    fill(read.strong)
    expect(held.map(({ operation }) => operation)).toEqual(Array(maxInFlight).fill('GetItem'))
  })

  it('are queued while all slots are taken, and each gets its own item', async () => {
    const { held, read } = openHeld()
    fill(read.strong)
    const answers = Promise.all([read.strong('a'), read.strong('missing'), read.strong('b')])
    expect(held).toHaveLength(maxInFlight)
    await held[0]?.answer([])
    expect(held.at(-1)).toMatchObject({ operation: 'BatchGetItem', strong: true })
    expect(held.at(-1)?.cartIds).toEqual(['a', 'missing', 'b'])
    // In any order.
    await held.at(-1)?.answer(['b', 'a'])
    expect(await answers).toEqual([itemOf('a'), undefined, itemOf('b')])
  })

  it('never mix consistencies', async () => {
    const { held, read } = openHeld()
    fill(read.strong)
    fill(read.eventual)
    void read.strong('s1')
    void read.eventual('e1')
    void read.strong('s2')
    void read.eventual('e2')
    const before = held.length
    for (const each of held.slice(0, before)) await each.answer([])
    const batches = held.slice(before).map(({ cartIds, strong }) => [...cartIds, strong])
    expect(batches).toEqual([
      ['s1', 's2', true],
      ['e1', 'e2', false],
    ])
  })

  it('do not exceed the batch size', async () => {
    const { held, read } = openHeld()
    fill(read.strong)
    for (const i of range(maxInBatch + 3)) void read.strong(`cart-${i}`)
    await held[0]?.answer([])
    await held[1]?.answer([])
    expect(held.slice(-2).map(({ cartIds }) => cartIds.length)).toEqual([maxInBatch, 3])
  })

  it('of one cart share only a request that was sent after them', async () => {
    const { held, read } = openHeld()
    const first = read.strong('a')
    fill(read.strong)
    const late = Promise.all([read.strong('a'), read.strong('a')])
    expect(held.filter(({ cartIds }) => cartIds.includes('a'))).toHaveLength(1)
    await held[0]?.answer(['a'])
    expect(await first).toEqual(itemOf('a'))
    await held[1]?.answer([])
    const again = held.filter(({ cartIds }) => cartIds.includes('a'))
    expect(again).toHaveLength(2)
    expect(again[1]?.cartIds).toEqual([`busy-${maxInFlight - 1}`, 'a'])
    await again[1]?.answer(['a'])
    expect(await late).toEqual([itemOf('a'), itemOf('a')])
  })
})

describe('a read in a batch', () => {
  it('that the database did not process is made alone, and other reads do not wait', async () => {
    const { held, read } = openHeld()
    fill(read.eventual)
    const [done, later] = [read.eventual('a'), read.eventual('b')]
    await held[0]?.answer([])
    await held.at(-1)?.answer(['a'], ['b'])
    expect(await done).toEqual(itemOf('a'))
    expect(held.at(-1)).toMatchObject({ operation: 'GetItem', cartIds: ['b'], strong: false })
    await held.at(-1)?.answer(['b'])
    expect(await later).toEqual(itemOf('b'))
  })

  it('that the database refuses fails alone', async () => {
    const { held, read } = openHeld()
    fill(read.strong)
    const [good, bad] = [read.strong('a'), read.strong('')]
    const refusal = new DynamoFailure('an empty key', { name: 'ValidationException' })
    await held[0]?.answer([])
    await held.at(-1)?.fail(refusal)
    await held.at(-2)?.answer(['a'])
    const failed = expect(bad).rejects.toBe(refusal)
    await held.at(-1)?.fail(refusal)
    expect(await good).toEqual(itemOf('a'))
    await failed
  })

  it('fails with the batch', async () => {
    const { held, read } = openHeld()
    fill(read.strong)
    const both = Promise.allSettled([read.strong('a'), read.strong('b')])
    await held[0]?.answer([])
    const reason = new DynamoFailure('no answer', { name: 'TimeoutError' })
    await held.at(-1)?.fail(reason)
    expect(await both).toEqual(Array(2).fill({ status: 'rejected', reason }))
    expect(held.at(-1)?.operation).toBe('BatchGetItem')
  })

  it('that was queued for too long expires and is not sent', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { held, read } = openHeld()
    fill(read.strong)
    const early = expect(read.strong('early')).rejects.toMatchObject({ code: 'STORE_BUSY' })
    vi.advanceTimersByTime(1)
    const late = read.strong('late')
    vi.advanceTimersByTime(WAIT_MS - 1)
    await held[0]?.answer([])
    expect(held.at(-1)).toMatchObject({ operation: 'GetItem', cartIds: ['late'] })
    await held.at(-1)?.answer(['late'])
    await early
    expect(await late).toEqual(itemOf('late'))
  })
})
