import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { createReadiness } from '../../src/http/readiness.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { makeApp } from '../support/app.ts'

describe('readiness', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('times out for a store that hangs and pings it only once meanwhile', async () => {
    const answer = Promise.withResolvers<void>()
    const ping = vi.fn(() => answer.promise)
    const ready = createReadiness(ping, 1000)
    const first = expect(ready()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(900)
    const second = expect(ready()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(100)
    await first
    await vi.advanceTimersByTimeAsync(900)
    await second
    expect(ping).toHaveBeenCalledTimes(1)

    answer.reject(new Error('at last, and nobody listens'))
    await vi.advanceTimersByTimeAsync(0)
    ping.mockResolvedValue()
    await expect(ready()).resolves.toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
  })

  it("rejects with the store's failure", async () => {
    const ready = createReadiness(() => Promise.reject(new CartError('STORE_UNAVAILABLE')), 1000)
    await expect(ready()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})

it('responds with 503 within READY_TIMEOUT_MS when the store hangs', async () => {
  const store = openMemoryStore()
  store.ping = () => new Promise(() => {})
  const { get } = makeApp({ store, env: { READY_TIMEOUT_MS: '10' } })
  const answer = await get('/health/ready')
  expect([answer.statusCode, answer.json().error]).toEqual([503, 'STORE_TIMEOUT'])
})
