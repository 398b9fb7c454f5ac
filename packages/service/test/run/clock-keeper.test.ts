import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepClock } from '../../src/run/clock-keeper.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function start(offset: number) {
  const state = { offset, fails: false }
  const logs: Record<string, unknown>[] = []
  const sync = vi.fn(async () => {
    if (state.fails) throw new Error('no response')
  })
  const keeper = keepClock(
    { now: () => 0, offset: () => state.offset, sync },
    {
      intervalMs: 1000,
      logger: pino({}, { write: (line: string) => logs.push(JSON.parse(line)) }),
    },
  )
  return { state, logs, sync, keeper }
}

it('syncs after every interval, also after a failure, until it is stopped', async () => {
  const { state, logs, sync, keeper } = start(0)
  await vi.advanceTimersByTimeAsync(1000)
  state.fails = true
  await vi.advanceTimersByTimeAsync(2000)
  expect(sync).toHaveBeenCalledTimes(3)
  await keeper.stop()
  await vi.advanceTimersByTimeAsync(9000)
  expect(sync).toHaveBeenCalledTimes(3)
  expect([logs, vi.getTimerCount()]).toEqual([[], 0])
})

it('logs once when the clock of the machine is off, and once when it is right again', async () => {
  const { state, logs, keeper } = start(9000)
  await vi.advanceTimersByTimeAsync(3000)
  expect(logs).toMatchObject([{ level: 40, offsetMs: 9000, msg: /9 s ahead/ }].map(withText))
  state.offset = 100
  await vi.advanceTimersByTimeAsync(3000)
  expect(logs).toHaveLength(2)
  expect(logs[1]).toMatchObject({ level: 30, offsetMs: 100 })
  state.offset = -9000
  await vi.advanceTimersByTimeAsync(1000)
  expect(logs[2]).toMatchObject({ level: 40, offsetMs: -9000 })
  await keeper.stop()
})

const withText = <T extends { msg: RegExp }>(line: T) => ({
  ...line,
  msg: expect.stringMatching(line.msg),
})
