import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startSweeper } from '../src/sweeper.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A sweeper of a store that returns `counts` one after another, then 0. */
function start(counts: (number | Error)[], random = () => 0.5) {
  const logs: Record<string, unknown>[] = []
  const sweepExpired = vi.fn(async (_now: number, _limit: number) => {
    const next = counts.shift() ?? 0
    if (next instanceof Error) throw next
    return next
  })
  const sweeper = startSweeper(
    { sweepExpired },
    {
      clock: () => 42,
      intervalMs: 1000,
      batch: 10,
      logger: pino({}, { write: (line: string) => logs.push(JSON.parse(line)) }),
      random,
    },
  )
  expect(logs.splice(0)).toMatchObject([{ msg: 'sweeping expired carts', intervalMs: 1000 }])
  return { sweeper, sweepExpired, logs }
}

describe('the sweeper', () => {
  it('sweeps after every interval, in batches until one is not full', async () => {
    const { sweeper, sweepExpired, logs } = start([10, 10, 3])
    await vi.advanceTimersByTimeAsync(999)
    expect(sweepExpired).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(sweepExpired.mock.calls).toEqual([
      [42, 10],
      [42, 10],
      [42, 10],
    ])
    expect(logs).toMatchObject([{ removed: 23 }])
    await vi.advanceTimersByTimeAsync(1000)
    expect(sweepExpired).toHaveBeenCalledTimes(4)
    expect(logs).toHaveLength(1)
    await sweeper.stop()
  })

  it('varies its interval by up to a quarter', async () => {
    for (const [random, ms] of [
      [0, 750],
      [0.999, 1249],
    ] as const) {
      const { sweeper, sweepExpired } = start([], () => random)
      await vi.advanceTimersByTimeAsync(ms - 1)
      expect(sweepExpired).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(2)
      expect(sweepExpired).toHaveBeenCalledTimes(1)
      await sweeper.stop()
    }
  })

  it('logs a failure and tries again at the next interval', async () => {
    const { sweeper, sweepExpired, logs } = start([10, new Error('database gone'), 2])
    await vi.advanceTimersByTimeAsync(1000)
    expect(logs).toMatchObject([{ level: 40, removed: 10, err: { message: 'database gone' } }])
    await vi.advanceTimersByTimeAsync(1000)
    expect(sweepExpired).toHaveBeenCalledTimes(3)
    await sweeper.stop()
  })

  it('stops at once between sweeps', async () => {
    const { sweeper, sweepExpired } = start([1])
    await sweeper.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sweepExpired).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stops after the batch in progress and waits for it', async () => {
    const { sweeper, sweepExpired } = start([])
    const batch = Promise.withResolvers<number>()
    sweepExpired.mockReturnValueOnce(batch.promise)
    await vi.advanceTimersByTimeAsync(1000)
    let stopped = false
    const stopping = sweeper.stop().then(() => {
      stopped = true
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(stopped).toBe(false)
    batch.resolve(10)
    await stopping
    expect(sweepExpired).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
