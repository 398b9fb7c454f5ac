import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { openRefusalLog } from '../../src/observe/refusal-log.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function start() {
  const lines: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) })
  return { lines, ...openRefusalLog(logger) }
}

describe('the log of refusals', () => {
  it('is one line per second, which counts by code and has the latest request and cause of each', () => {
    const { lines, count } = start()
    for (let request = 1; request <= 1000; request++) {
      const cause = Object.assign(new Error(`attempt ${request}`), { code: 'EMFILE' })
      count(new CartError('STORE_BUSY', undefined, { cause }), `r${request}`)
    }
    count(new CartError('SHUTTING_DOWN'), 'last')
    expect(lines).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(lines).toMatchObject([
      {
        level: 50,
        msg: 'requests refused',
        refused: {
          STORE_BUSY: { requests: 1000, reqId: 'r1000', cause: 'EMFILE: attempt 1000' },
          SHUTTING_DOWN: { requests: 1, reqId: 'last', cause: 'The service is shutting down' },
        },
      },
    ])
    expect(JSON.stringify(lines).length).toBeLessThan(400)
  })

  it('has no line for a second without a refusal', () => {
    const { lines, count } = start()
    count(new CartError('STORE_BUSY'), 'a')
    vi.advanceTimersByTime(10_000)
    count(new CartError('STORE_BUSY'), 'b')
    vi.advanceTimersByTime(10_000)
    expect(lines.map(({ refused }) => refused)).toMatchObject([
      { STORE_BUSY: { requests: 1, reqId: 'a' } },
      { STORE_BUSY: { requests: 1, reqId: 'b' } },
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is no error where a stop is the only reason', () => {
    const { lines, count, flush } = start()
    count(new CartError('SHUTTING_DOWN'), 'a')
    flush()
    expect(lines).toMatchObject([{ level: 30, refused: { SHUTTING_DOWN: { requests: 1 } } }])
  })

  it('loses nothing at the end', () => {
    const { lines, count, flush } = start()
    count(new CartError('STORE_TIMEOUT'), 'a')
    flush()
    flush()
    expect(lines).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
