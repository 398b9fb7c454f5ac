import { EventEmitter } from 'node:events'
import type pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { timeQueries } from '../../../src/store/postgres/timed-query.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Callback = (error: Error | null, result?: unknown) => void

/** A client whose queries are answered by the test. */
function fakeClient() {
  const sent: { readonly query: unknown; readonly values: unknown; readonly answer: Callback }[] =
    []
  const client = Object.assign(new EventEmitter(), {
    query(query: unknown, values: unknown, answer: Callback) {
      sent.push({ query, values, answer })
    },
  }) as unknown as pg.ClientBase
  return { query: timeQueries(client, 1000), sent }
}

it('resolves with the result, for a text and for a prepared statement', async () => {
  const { query, sent } = fakeClient()
  const results = [query('select 1'), query({ name: 'one', text: 'select $1' }, [1])]
  expect(sent).toMatchObject([
    { query: { text: 'select 1' }, values: undefined },
    { query: { name: 'one', text: 'select $1' }, values: [1] },
  ])
  sent[0]?.answer(null, { rows: ['a'] })
  sent[1]?.answer(null, { rows: ['b'] })
  expect(await Promise.all(results)).toEqual([{ rows: ['a'] }, { rows: ['b'] }])
  expect(vi.getTimerCount()).toBe(0)
})

it('rejects with the error of the query', async () => {
  const { query, sent } = fakeClient()
  const result = query('select 1')
  sent[0]?.answer(new Error('refused'))
  await expect(result).rejects.toThrow('refused')
  expect(vi.getTimerCount()).toBe(0)
})

it('calls a callback, as the pool wants', async () => {
  const { query, sent } = fakeClient()
  const outcomes: unknown[] = []
  const results = [1, 2].map((n) => query('select $1', [n], (...outcome) => outcomes.push(outcome)))
  sent[0]?.answer(null, { rows: ['a'] })
  sent[1]?.answer(new Error('refused'))
  await Promise.allSettled(results)
  expect(outcomes).toEqual([[undefined, { rows: ['a'] }], [new Error('refused')]])
})

it('fails a query without an answer in time, and ignores what comes later', async () => {
  const { query, sent } = fakeClient()
  const results = [query('select 1'), query({ text: 'vacuum', query_timeout: 5000 })]
  const outcomes = Promise.allSettled(results)
  vi.advanceTimersByTime(999)
  expect(vi.getTimerCount()).toBe(2)
  vi.advanceTimersByTime(1)
  expect(vi.getTimerCount()).toBe(1)
  sent[0]?.answer(null, { rows: [] })
  sent[1]?.answer(null, { rows: [] })
  expect(await outcomes).toMatchObject([
    { status: 'rejected', reason: { message: 'Query read timeout' } },
    { status: 'fulfilled' },
  ])
})
