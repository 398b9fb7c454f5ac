import { describe, expect, it } from 'vitest'
import {
  answering,
  dropping,
  type FakeCartService,
  type FakeOptions,
  losingTheAnswer,
  type Moment,
  onlyWhen,
  startFakeCartService,
  stayingSilent,
} from '../../../../test/support/fake-cart-service.ts'
import {
  type QuickConsistencyOptions,
  runQuickConsistency,
} from '../../src/quick/consistency/quick-consistency.ts'
import {
  type ConsistencyRecord,
  type QuickScenario,
  SCENARIOS,
} from '../../src/results/consistency-records.ts'

type RecordOf<S extends QuickScenario> = Extract<ConsistencyRecord, { scenario: S }>

/** One iteration against a fake service, by scenario. */
async function runOnce(
  fake: FakeOptions,
  options: Partial<QuickConsistencyOptions> = {},
): Promise<{ of<S extends QuickScenario>(scenario: S): RecordOf<S>; service: FakeCartService }> {
  await using service = await startFakeCartService(fake)
  const records = await runQuickConsistency({
    host: service.url,
    iterations: 1,
    settleMs: 100,
    ...options,
  })
  expect(records.map((record) => record.scenario)).toEqual(SCENARIOS)
  return {
    of: <S extends QuickScenario>(scenario: S) =>
      records.find((record) => record.scenario === scenario) as RecordOf<S>,
    service,
  }
}

const isAdd = ({ seen }: Moment) => seen.path.endsWith('/items')
const isRead = ({ seen }: Moment) => seen.method === 'GET'
const decimals = (value: number) => Number(value.toFixed(2))

describe('against a correct service', () => {
  it('create_then_read has exactly its fields, and all five reads are consistent', async () => {
    const record = (await runOnce({})).of('create_then_read')
    expect(record).toEqual({
      scenario: 'create_then_read',
      cart_id: 'cart 1',
      create_time_ms: expect.any(Number),
      read_attempts: 5,
      consistent_reads: 5,
      consistency_rate: 100,
      delays_ms: Array(5).fill(expect.any(Number)),
      success: true,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    const delays = record.delays_ms.map((delay) => delay ?? -1)
    expect(delays).toEqual(delays.map(decimals).sort((a, b) => a - b))
    expect(record.create_time_ms).toBe(decimals(record.create_time_ms))
  })

  it('sends the five reads at 0, 10, 20, 30 and 40 ms at the earliest', async () => {
    const { delays_ms } = (await runOnce({})).of('create_then_read')
    delays_ms.forEach((delay, i) => {
      expect(delay).toBeGreaterThanOrEqual(10 * i)
    })
  })

  it('write_then_read_items adds 2 of a product and finds it five times', async () => {
    const { of, service } = await runOnce({})
    const record = of('write_then_read_items')
    expect(record).toEqual({
      scenario: 'write_then_read_items',
      cart_id: 'cart 2',
      product_id: expect.any(Number),
      add_time_ms: expect.any(Number),
      read_attempts: 5,
      item_visible_count: 5,
      consistency_rate: 100,
      success: true,
      timestamp: expect.any(String),
    })
    expect(service.stored('cart 2', Number(record.product_id))).toBe(2)
  })

  it('rapid_updates adds ten different products one after another', async () => {
    const record = (await runOnce({})).of('rapid_updates')
    expect(record).toEqual({
      scenario: 'rapid_updates',
      cart_id: 'cart 3',
      updates_sent: 10,
      updates_successful: 10,
      final_items_count: 10,
      updates: Array(10).fill({
        product_id: expect.any(Number),
        time_ms: expect.any(Number),
        success: true,
      }),
      success: true,
      timestamp: expect.any(String),
    })
    expect(new Set(record.updates.map((update) => update.product_id)).size).toBe(10)
  })

  it('concurrent_updates adds one product from ten clients and loses nothing', async () => {
    const { of, service } = await runOnce({})
    const record = of('concurrent_updates')
    expect(record).toEqual({
      scenario: 'concurrent_updates',
      cart_id: 'cart 4',
      product_id: expect.any(Number),
      clients: 10,
      updates_sent: 50,
      updates_successful: 50,
      acknowledged_quantity: 50,
      unknown_quantity: 0,
      stored_quantity: 50,
      lost_updates: 0,
      duplicated_updates: 0,
      success: true,
      timestamp: expect.any(String),
    })
    expect(service.stored('cart 4', Number(record.product_id))).toBe(50)
  })

  it('has all clients in flight at once', async () => {
    const waiting: (() => void)[] = []
    // Holds back the first adds of the concurrent scenario until all clients have sent one.
    const misbehave = async (moment: Moment): Promise<'proper'> => {
      if (isAdd(moment) && moment.seen.path.includes('cart%204') && waiting.length < 7)
        await new Promise<void>((release) => {
          waiting.push(release)
          if (waiting.length === 7) for (const open of waiting) open()
        })
      return 'proper'
    }
    const { of } = await runOnce({ misbehave }, { clients: 7 })
    expect(waiting).toHaveLength(7)
    expect(of('concurrent_updates')).toMatchObject({ clients: 7, stored_quantity: 35 })
  })

  it('runs every scenario in every iteration and draws the same for the same seed', async () => {
    const bodies: unknown[] = []
    for (let run = 0; run < 2; run++) {
      await using service = await startFakeCartService()
      const progress: string[] = []
      const records = await runQuickConsistency({
        host: service.url,
        iterations: 3,
        clients: 1,
        seed: 5,
        onProgress: (done, total) => progress.push(`${done}/${total}`),
      })
      expect(records.map((record) => record.scenario)).toEqual(Array(3).fill(SCENARIOS).flat())
      expect(progress.at(-1)).toBe('12/12')
      bodies.push(service.requests.map(({ body }) => body).filter((body) => 'product_id' in body))
    }
    expect(bodies[0]).toEqual(bodies[1])
  })
})

describe('against a service that reads, then writes', () => {
  it('finds lost adds, which the serial scenario misses', async () => {
    const { of, service } = await runOnce({ adds: 'racy' }, { clients: 4 })
    expect(of('rapid_updates')).toMatchObject({ success: true, final_items_count: 10 })
    const record = of('concurrent_updates')
    const stored = service.stored('cart 4', Number(record.product_id))
    expect(record).toMatchObject({ updates_successful: 20, stored_quantity: stored })
    expect(record.lost_updates).toBe(20 - stored)
    expect(record.lost_updates).toBeGreaterThan(0)
    expect(record.success).toBe(false)
    expect(record.error).toBe(`lost: ${20 - stored} of 20 acknowledged adds`)
  })
})

describe('against a service whose reads are stale for a while', () => {
  it('counts the misses and calls nothing lost', async () => {
    const { of } = await runOnce({ staleReads: 2 }, { settleMs: 10_000 })
    const created = of('create_then_read')
    expect(created).toMatchObject({ consistent_reads: 3, consistency_rate: 60, success: true })
    expect(created.delays_ms.map((delay) => delay === null)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(of('write_then_read_items')).toMatchObject({
      read_attempts: 5,
      item_visible_count: 3,
      consistency_rate: 60,
      success: true,
    })
    expect(of('rapid_updates')).toMatchObject({ final_items_count: 10, success: true })
    expect(of('concurrent_updates')).toMatchObject({
      stored_quantity: 50,
      lost_updates: 0,
      success: true,
    })
  })

  it('waits for a write that none of the five reads showed, without counting the further reads', async () => {
    const { of } = await runOnce({ staleReads: 7 }, { settleMs: 5000 })
    expect(of('create_then_read')).toMatchObject({
      read_attempts: 5,
      consistent_reads: 0,
      consistency_rate: 0,
      delays_ms: [null, null, null, null, null],
      success: true,
    })
  })
})

describe('against a service that acknowledges and forgets', () => {
  it('reports lost adds in every scenario that adds', async () => {
    const { of } = await runOnce({ adds: 'never' })
    expect(of('create_then_read').success).toBe(true)
    expect(of('write_then_read_items')).toMatchObject({
      item_visible_count: 0,
      success: false,
      error: 'lost: the write was not visible after 100 ms',
    })
    expect(of('rapid_updates')).toMatchObject({
      updates_successful: 10,
      final_items_count: 0,
      success: false,
      error: 'lost: 10 of 10 acknowledged adds',
    })
    expect(of('concurrent_updates')).toMatchObject({ stored_quantity: 0, lost_updates: 50 })
  })
})

describe('against a service that stores adds twice', () => {
  it('reports duplicates in every scenario that adds', async () => {
    const { of } = await runOnce({ adds: 'twice' })
    expect(of('write_then_read_items')).toMatchObject({
      item_visible_count: 5,
      success: false,
      error: 'duplicated: 2 units were added and 4 are stored',
    })
    expect(of('rapid_updates').error).toBe('duplicated: 10 adds were stored more than once')
    expect(of('concurrent_updates')).toMatchObject({
      stored_quantity: 100,
      lost_updates: 0,
      duplicated_updates: 50,
      success: false,
    })
  })
})

describe('against a service that stores one unit whatever was asked', () => {
  it('reports the missing unit', async () => {
    const { of } = await runOnce({ adds: 'one' })
    expect(of('write_then_read_items')).toMatchObject({
      item_visible_count: 0,
      success: false,
      error: 'lost: the write was not visible after 100 ms',
    })
  })
})

describe('against a service that stores adds twice and whose reads are stale', () => {
  it('reads again, since the first read may not show the last duplicate', async () => {
    const { of } = await runOnce({ adds: 'twice', staleReads: 1 }, { clients: 2 })
    expect(of('concurrent_updates')).toMatchObject({ stored_quantity: 20, duplicated_updates: 10 })
  })
})

describe('when responses are lost', () => {
  const everyFifthAdd = () => {
    let adds = 0
    return (moment: Moment) => isAdd(moment) && ++adds % 5 === 0
  }

  it('counts an add whose response was lost as unknown', async () => {
    const { of } = await runOnce({ misbehave: onlyWhen(everyFifthAdd(), losingTheAnswer) })
    const record = of('concurrent_updates')
    expect(record.acknowledged_quantity + record.unknown_quantity).toBe(50)
    expect(record.unknown_quantity).toBe(10)
    expect(record).toMatchObject({
      stored_quantity: 50,
      lost_updates: 0,
      duplicated_updates: 0,
      success: false,
    })
    expect(record.error).toMatch(/^add: connection closed .* \(and 9 more\)$/)
  })

  it('claims no loss when those adds were not applied', async () => {
    const { of } = await runOnce({ misbehave: onlyWhen(everyFifthAdd(), dropping) })
    expect(of('concurrent_updates')).toMatchObject({
      acknowledged_quantity: 40,
      unknown_quantity: 10,
      stored_quantity: 40,
      lost_updates: 0,
      duplicated_updates: 0,
    })
    const rapid = of('rapid_updates')
    expect(rapid).toMatchObject({ updates_sent: 10, updates_successful: 8, final_items_count: 8 })
    expect(rapid.updates.filter((update) => !update.success)).toHaveLength(2)
    expect(rapid.error).toMatch(/^add: connection closed/)
  })
})

describe('when steps fail', () => {
  it('records a refused add as refused, not as unknown', async () => {
    const { of } = await runOnce({ misbehave: onlyWhen(isAdd, answering(409, '{}')) })
    expect(of('write_then_read_items')).toMatchObject({
      cart_id: 'cart 2',
      read_attempts: 0,
      item_visible_count: 0,
      consistency_rate: null,
      success: false,
      error: 'add: expected 204, got 409',
    })
    expect(of('concurrent_updates')).toMatchObject({
      updates_successful: 0,
      unknown_quantity: 0,
      stored_quantity: 0,
      lost_updates: 0,
      success: false,
    })
  })

  it('counts a read that gets a 500 as failed, not as stale, and judges no updates by it', async () => {
    const { of } = await runOnce({ misbehave: onlyWhen(isRead, answering(500, '{}')) })
    expect(of('create_then_read')).toMatchObject({
      read_attempts: 5,
      consistent_reads: 0,
      delays_ms: [null, null, null, null, null],
      success: false,
      error: 'read: expected 200, got 500 (and 4 more)',
    })
    expect(of('rapid_updates')).toMatchObject({
      updates_successful: 10,
      final_items_count: null,
      success: false,
      error: 'final read: expected 200, got 500',
    })
    expect(of('concurrent_updates')).toMatchObject({
      acknowledged_quantity: 50,
      stored_quantity: null,
      lost_updates: null,
      duplicated_updates: null,
      success: false,
    })
  })

  it.each([
    ['another API', answering(404, '{"error":"ROUTE_NOT_FOUND"}'), /expected 201, got 404 ROUTE/],
    ['garbage', answering(201, '<html>'), /the response has no shopping_cart_id/],
    ['nothing', dropping, /connection closed/],
  ])('records why every scenario failed when the response is %s', async (_, misbehave, reason) => {
    const { of } = await runOnce({ misbehave })
    for (const scenario of SCENARIOS) {
      const record = of(scenario)
      expect(record).toMatchObject({ cart_id: null, success: false })
      expect(record.error).toMatch(/^create: /)
      expect(record.error).toMatch(reason)
    }
    expect(of('create_then_read')).toMatchObject({ read_attempts: 0, consistency_rate: null })
    expect(of('write_then_read_items').add_time_ms).toBeNull()
    expect(of('rapid_updates')).toMatchObject({ updates: [], final_items_count: null })
  })

  it('ends early when a host never responds', async () => {
    await using service = await startFakeCartService({ misbehave: stayingSilent })
    const records = await runQuickConsistency({
      host: service.url,
      iterations: 1000,
      timeoutMs: 30,
      silenceMs: 1,
    })
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ success: false, error: 'create: no response within 0.03 s' })
  })

  it('keeps complete records when it is cut off', async () => {
    const controller = new AbortController()
    await using service = await startFakeCartService({
      misbehave: onlyWhen(isAdd, () => controller.abort()),
    })
    const records = await runQuickConsistency({
      host: service.url,
      iterations: 5,
      signal: controller.signal,
    })
    expect(records.map((record) => record.scenario)).toEqual(['create_then_read'])
    expect(records[0]?.success).toBe(true)
  })
})
