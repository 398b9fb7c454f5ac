import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartError, type ErrorCode } from '../../src/cart/errors.ts'
import { openBreaker } from '../../src/store/breaker.ts'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A store whose orders and pings do what a test says. */
function start() {
  const memory = openMemoryStore()
  let order: () => Promise<never> = () => Promise.reject(new CartError('ORDER_NOT_FOUND'))
  const state = { pings: 0, calls: 0, ping: async (): Promise<undefined> => undefined }
  const changes: boolean[] = []
  const breaker = openBreaker(
    {
      ...memory,
      getOrder() {
        state.calls += 1
        return order()
      },
      ping() {
        state.pings += 1
        return state.ping()
      },
    },
    { changed: (open) => changes.push(open) },
  )
  const { store } = breaker
  const ask = () =>
    store.getOrder('x').then(
      () => 'ok',
      ({ code }: CartError) => code,
    )
  const failing = (code: ErrorCode) => {
    order = () => Promise.reject(new CartError(code))
  }
  const answering = (answer: () => Promise<never>) => {
    order = answer
  }
  return { ...breaker, state, changes, ask, failing, answering }
}

/** Lets it open: three failures after a second without a response. */
async function opened() {
  const all = start()
  all.state.ping = () => new Promise(() => {})
  await vi.advanceTimersByTimeAsync(1000)
  all.failing('STORE_TIMEOUT')
  for (let call = 0; call < 3; call++) expect(await all.ask()).toBe('STORE_TIMEOUT')
  expect(all.isOpen()).toBe(true)
  return all
}

describe('the circuit breaker', () => {
  it('refuses at once after the first timeouts, and sends nothing', async () => {
    const { ask, state, changes } = await opened()
    expect(await Promise.all([ask(), ask()])).toEqual(['STORE_BUSY', 'STORE_BUSY'])
    expect([state.calls, changes]).toEqual([3, [true]])
  })

  it('makes a ping every 0.6 s, whether or not earlier ones respond, and closes when one does', async () => {
    const { ask, state, changes, failing, isOpen } = await opened()
    expect(state.pings).toBe(1)
    await vi.advanceTimersByTimeAsync(6000)
    expect(state.pings).toBe(11)
    state.ping = async () => undefined
    failing('ORDER_NOT_FOUND')
    await vi.advanceTimersByTimeAsync(600)
    expect([isOpen(), await ask(), changes]).toEqual([false, 'ORDER_NOT_FOUND', [true, false]])
    const { pings } = state
    await vi.advanceTimersByTimeAsync(10_000)
    expect(state.pings).toBe(pings)
  })

  it('closes when an earlier call gets its response', async () => {
    const all = start()
    all.state.ping = () => new Promise(() => {})
    const late = Promise.withResolvers<never>()
    all.answering(() => late.promise)
    const first = all.ask()
    await vi.advanceTimersByTimeAsync(1000)
    all.failing('STORE_TIMEOUT')
    await Promise.all([all.ask(), all.ask(), all.ask()])
    expect(all.isOpen()).toBe(true)
    late.reject(new CartError('ORDER_NOT_FOUND'))
    expect([await first, all.isOpen()]).toEqual(['ORDER_NOT_FOUND', false])
  })

  it('stays closed while the database responds to others', async () => {
    const { ask, failing, isOpen } = start()
    for (let second = 0; second < 20; second++) {
      failing('STORE_TIMEOUT')
      await Promise.all([ask(), ask()])
      failing('ORDER_NOT_FOUND')
      await ask()
      await vi.advanceTimersByTimeAsync(1000)
    }
    failing('STORE_TIMEOUT')
    await ask()
    expect(isOpen()).toBe(false)
  })

  it('does not open when the database is busy', async () => {
    const { ask, failing, isOpen } = start()
    await vi.advanceTimersByTimeAsync(1000)
    failing('STORE_BUSY')
    await Promise.all(Array.from({ length: 50 }, ask))
    expect(isOpen()).toBe(false)
  })

  it('lets health checks ask the database themselves', async () => {
    const { store, state } = await opened()
    state.ping = () => Promise.reject(new CartError('STORE_UNAVAILABLE'))
    await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })

  it('makes no more pings when it is closed', async () => {
    const { store, state } = await opened()
    await store.close()
    await vi.advanceTimersByTimeAsync(1000)
    const { pings } = state
    await vi.advanceTimersByTimeAsync(10_000)
    expect([state.pings, vi.getTimerCount()]).toEqual([pings, 0])
  })
})
