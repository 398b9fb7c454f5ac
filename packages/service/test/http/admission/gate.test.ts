import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AdaptiveLimit } from '../../../src/http/admission/adaptive-limit.ts'
import { type Entry, openGate, type Priority } from '../../../src/http/admission/gate.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

/** A gate with a fixed limit; as many may wait as the limit allows in progress. */
function start({ limit = 10, maxWaitMs = 20 } = {}) {
  const ended: boolean[] = []
  const fixed: AdaptiveLimit = {
    value: () => limit,
    latencyMs: () => 20,
    began: () => {},
    ended: (_began, _now, hasLatency) => ended.push(hasLatency),
  }
  const gate = openGate({ limit: fixed, maxWaitMs })
  const events: string[] = []
  function arrive(name: string, priority: Priority = 'normal', isWanted = () => true): Entry {
    const entry: Entry = {
      priority,
      admittedAt: 0,
      waitingSince: 0,
      admit: () => events.push(`${name} admitted`),
      refuse: () => events.push(`${name} refused`),
      isWanted,
    }
    gate.enter(entry)
    return entry
  }
  const fill = (count: number, priority?: Priority) =>
    Array.from({ length: count }, (_, index) => arrive(`filler ${index}`, priority))
  const since = (act: () => void) => {
    events.length = 0
    act()
    return events.slice()
  }
  return { gate, arrive, fill, since, ended }
}

describe('a gate', () => {
  it('reserves the last places for reads and changes, and the very last for checkouts', () => {
    const { gate, fill, since, arrive } = start()
    fill(7, 'low')
    expect(since(() => arrive('list', 'low'))).toEqual([])
    expect(since(() => arrive('get'))).toEqual(['get admitted'])
    expect(gate.use()).toEqual({ inProgress: 8, waiting: 1, limit: 10 })
  })

  it('admits those who wait in the order of their priority as soon as there is room', () => {
    const { gate, arrive, since, fill } = start()
    const [first, second] = fill(10, 'high') as [Entry, Entry]
    for (const [name, priority] of [
      ['list', 'low'],
      ['get', 'normal'],
      ['checkout', 'high'],
    ] as const)
      arrive(name, priority)
    expect(since(() => gate.leave(first, false))).toEqual(['checkout admitted'])
    expect(since(() => gate.leave(second, false))).toEqual([])
  })

  it('refuses after the maximum wait, in one timer', () => {
    const { arrive, since, fill, gate } = start()
    fill(10, 'high')
    arrive('early')
    vi.advanceTimersByTime(10)
    arrive('late')
    expect(since(() => vi.advanceTimersByTime(10))).toEqual(['early refused'])
    expect(vi.getTimerCount()).toBe(1)
    expect(since(() => vi.advanceTimersByTime(10))).toEqual(['late refused'])
    expect([vi.getTimerCount(), gate.use().waiting]).toEqual([0, 0])
  })

  it('refuses at once when as many wait as can be served in time', () => {
    const { arrive, since, fill, gate } = start()
    fill(20, 'high')
    expect(gate.use()).toMatchObject({ inProgress: 10, waiting: 10 })
    expect([gate.isClosed('high'), gate.isClosed('low')]).toEqual([true, true])
    expect(since(() => arrive('one more', 'high'))).toEqual(['one more refused'])
  })

  it('gives the place of the latest list to a checkout', () => {
    const { arrive, since, fill, gate } = start()
    fill(10, 'high')
    fill(10, 'low')
    expect([gate.isClosed('high'), gate.isClosed('low')]).toEqual([false, true])
    expect(since(() => arrive('checkout', 'high'))).toEqual(['filler 9 refused'])
    expect(gate.use().waiting).toBe(10)
  })

  it('takes no place of a list that waits for a request that need not wait', () => {
    const { arrive, fill, since } = start()
    fill(7, 'low')
    for (let place = 0; place < 10; place++) arrive(`list ${place}`, 'low')
    expect(since(() => arrive('get'))).toEqual(['get admitted'])
    expect(since(() => arrive('checkout', 'high'))).toEqual(['checkout admitted'])
  })

  it('does not admit a request that nobody waits for any more', () => {
    const { gate, arrive, since, fill } = start()
    const [first] = fill(10, 'high') as [Entry]
    let isThere = true
    arrive('gone', 'high', () => isThere)
    arrive('patient', 'high')
    isThere = false
    expect(since(() => gate.leave(first, false))).toEqual(['gone refused', 'patient admitted'])
  })

  it('without a wait refuses beyond the limit at once', () => {
    const { arrive, since, fill } = start({ maxWaitMs: 0 })
    fill(10, 'high')
    expect(since(() => arrive('one more', 'high'))).toEqual(['one more refused'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not take a failure at once for a short latency, but a late one for a long latency', () => {
    const { gate, arrive, ended } = start()
    gate.leave(arrive('fails at once'), true)
    expect(ended).toEqual([false])
    const late = arrive('fails late')
    vi.advanceTimersByTime(5000)
    gate.leave(late, true)
    expect(ended).toEqual([false, true])
  })
})
