import { describe, expect, it } from 'vitest'
import { runQuickPerf } from '../../../lab/quick/quick-perf.ts'
import { quickStream } from '../../../lab/quick/quick-stream.ts'
import type { PerfRecord } from '../../../lab/workload/perf-record.ts'
import {
  answering,
  dropping,
  onlyWhen,
  startFakeCartService,
  stayingSilent,
} from '../../support/fake-cart-service.ts'

const operationsOf = (records: readonly PerfRecord[]) => records.map((record) => record.operation)
const inOrder = [
  ...Array<string>(50).fill('create_cart'),
  ...Array<string>(50).fill('add_items'),
  ...Array<string>(50).fill('get_cart'),
]

describe('the quick performance test', () => {
  it('sends 50 creates, 50 adds and 50 gets, round-robin over the carts', async () => {
    await using service = await startFakeCartService()
    const progress: number[] = []
    const records = await runQuickPerf({
      host: service.url,
      seed: 3,
      onProgress: (done, total) => progress.push(done / total),
    })
    expect(operationsOf(records)).toEqual(inOrder)
    const { customers, adds } = quickStream(3)
    const carts = customers.map((_, i) => `/shopping-carts/${encodeURIComponent(`cart ${i + 1}`)}`)
    expect(service.requests).toEqual([
      ...customers.map((customer_id) => ({
        method: 'POST',
        path: '/shopping-carts',
        body: { customer_id },
      })),
      ...adds.map(({ product, quantity }, i) => ({
        method: 'POST',
        path: `${carts[i]}/items`,
        body: { product_id: product, quantity },
      })),
      ...carts.map((path) => ({ method: 'GET', path, body: {} })),
    ])
    expect(progress).toEqual(Array.from({ length: 150 }, (_, i) => (i + 1) / 150))
  })

  it('sends the same for the same seed', async () => {
    await using first = await startFakeCartService()
    await using second = await startFakeCartService()
    for (const { url } of [first, second]) await runQuickPerf({ host: url, seed: 9 })
    expect(first.requests).toEqual(second.requests)
  })

  it('records every field', async () => {
    await using service = await startFakeCartService()
    const began = Date.now()
    const records = await runQuickPerf({ host: service.url })
    const statuses = { create_cart: 201, add_items: 204, get_cart: 200 }
    for (const record of records) {
      expect(Object.keys(record)).toEqual([
        'operation',
        'response_time',
        'success',
        'status_code',
        'timestamp',
      ])
      expect(record.success).toBe(true)
      expect(record.status_code).toBe(statuses[record.operation])
      expect(record.response_time).toBeGreaterThan(0)
      expect(record.response_time).toBe(Number(record.response_time.toFixed(2)))
      expect(new Date(record.timestamp).toISOString()).toBe(record.timestamp)
      expect(Date.parse(record.timestamp)).toBeGreaterThanOrEqual(began)
    }
    const starts = records.map((record) => record.timestamp)
    expect(starts).toEqual([...starts].sort())
  })

  it('records a failure with its status and goes on, using the carts there are', async () => {
    await using service = await startFakeCartService({
      misbehave: onlyWhen(({ count }) => count % 2 === 0, answering(500, '{}')),
    })
    const records = await runQuickPerf({ host: service.url })
    expect(operationsOf(records)).toEqual(inOrder)
    const failed = records.filter((record) => !record.success)
    expect(failed).toHaveLength(75)
    expect(new Set(failed.map((record) => record.status_code))).toEqual(new Set([500]))
    expect(failed[0]?.error).toBe('expected 201, got 500')
    const carts = service.requests.slice(50, 100).map((request) => request.path)
    expect(new Set(carts).size).toBe(25)
  })

  it('records a dropped connection with status 0 and goes on', async () => {
    await using service = await startFakeCartService({
      misbehave: onlyWhen(({ count }) => count % 10 === 0, dropping),
    })
    const records = await runQuickPerf({ host: service.url })
    const failed = records.filter((record) => !record.success)
    expect(records).toHaveLength(150)
    expect(failed).toHaveLength(15)
    for (const record of failed) {
      expect(record.status_code).toBe(0)
      expect(record.error).toMatch(/^connection closed/)
    }
  })

  it('still has 150 records when there is no service', async () => {
    const records = await runQuickPerf({ host: 'http://127.0.0.1:1' })
    expect(operationsOf(records)).toEqual(inOrder)
    expect(records.every((record) => !record.success && record.status_code === 0)).toBe(true)
    expect(records[0]?.error).toBe('connection refused (ECONNREFUSED)')
    expect(records[149]).toMatchObject({ error: 'no cart to use', response_time: 0 })
  })

  it('stops sending to a host that never responds, and says so in the records', async () => {
    await using service = await startFakeCartService({ misbehave: stayingSilent })
    const records = await runQuickPerf({ host: service.url, timeoutMs: 100, silenceMs: 1 })
    expect(service.requests).toHaveLength(1)
    expect(operationsOf(records)).toEqual(inOrder)
    expect(records.slice(0, 2).map((record) => record.error)).toEqual([
      'no response within 0.1 s',
      'not sent: the host never responded',
    ])
  })

  it('keeps what was measured when it is cut off', async () => {
    const controller = new AbortController()
    await using service = await startFakeCartService({
      misbehave: onlyWhen(
        ({ count }) => count === 61,
        () => controller.abort(),
      ),
    })
    const records = await runQuickPerf({ host: service.url, signal: controller.signal })
    expect(operationsOf(records)).toEqual(inOrder.slice(0, 60))
    expect(records.every((record) => record.success)).toBe(true)
  })
})
