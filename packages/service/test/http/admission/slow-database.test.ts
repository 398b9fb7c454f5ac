import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAdaptiveLimit } from '../../../src/http/admission/adaptive-limit.ts'
import { type Entry, openGate } from '../../../src/http/admission/gate.ts'
import { coalesce } from '../../../src/store/coalesce.ts'

beforeEach(() =>
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
  }),
)
afterEach(() => vi.useRealTimers())

const STEP_MS = 5
const WAIT_MS = 20
const STATEMENT_MS = 500
/** What the lanes of gets can do: two batches of 32 per statement. A quarter of the requests are adds. */
const CAPACITY = ((2 * 32 * 1000) / STATEMENT_MS) * (4 / 3)

/** The gate before the lanes of the store on PostgreSQL: those of gets are saturated first, and adds are quick. */
function openService() {
  const gate = openGate({ limit: openAdaptiveLimit(1000), maxWaitMs: WAIT_MS })
  const lane = (maxInFlight: number, maxInBatch: number) =>
    coalesce<number, number>({
      maxInFlight,
      maxInBatch,
      maxWaitMs: 5000,
      maxLikelyWaitMs: 250,
      run: (inputs) =>
        new Promise((resolve) => {
          const outcomes = inputs.map((value) => ({ status: 'fulfilled', value }) as const)
          setTimeout(resolve, STATEMENT_MS, outcomes)
        }),
    })
  const get = lane(2, 32)
  const adds = [lane(1, 64), lane(1, 64), lane(1, 64)]
  let turn = 0
  return {
    use: gate.use,
    request(): Promise<'accepted' | 'refused'> {
      const at = turn++
      return new Promise((resolve) => {
        const entry: Entry = {
          priority: 'normal',
          admittedAt: 0,
          waitingSince: 0,
          isWanted: () => true,
          refuse: () => resolve('refused'),
          admit() {
            const call = at % 4 === 0 ? adds[(at / 4) % 3] : get
            const end = (outcome: 'accepted' | 'refused') => {
              gate.leave(entry, outcome === 'refused')
              resolve(outcome)
            }
            call?.(at).then(
              () => end('accepted'),
              () => end('refused'),
            )
          },
        }
        gate.enter(entry)
      })
    },
  }
}

type Service = ReturnType<typeof openService>

/** Sends requests at a rate in simulated time, until all have ended; what became of them. */
async function load(service: Service, perSecond: number, seconds: number) {
  const took: number[] = []
  let slowestRefusal = 0
  const send = async () => {
    const sent = performance.now()
    const outcome = await service.request()
    const ms = performance.now() - sent
    if (outcome === 'accepted') took.push(ms)
    else slowestRefusal = Math.max(slowestRefusal, ms)
  }
  let sent = 0
  for (let now = 0; now < seconds * 1000; now += STEP_MS) {
    for (; sent < (perSecond * now) / 1000; sent++) void send()
    await vi.advanceTimersByTimeAsync(STEP_MS)
  }
  const goodput = took.length / seconds
  await vi.runAllTimersAsync()
  took.sort((a, b) => a - b)
  return { goodput, p99: took[Math.floor(0.99 * took.length)] ?? Number.NaN, slowestRefusal }
}

describe('a service whose database takes half a second', () => {
  it('holds its throughput and its latency at 3 and 10 times the peak, and refuses at once', async () => {
    const service = openService()
    // From the first limit, which is far too high, to one that fits.
    await load(service, 3 * CAPACITY, 15)
    const peak = (await load(service, 2 * CAPACITY, 30)).goodput
    expect(peak).toBeGreaterThan(0.9 * CAPACITY)
    const calm = await load(service, 0.8 * peak, 15)
    expect(calm.p99).toBeLessThanOrEqual(2 * STATEMENT_MS + STEP_MS)
    for (const times of [3, 10]) {
      const { goodput, p99, slowestRefusal } = await load(service, times * peak, 30)
      expect(goodput).toBeGreaterThan(0.9 * peak)
      expect(p99).toBeLessThan(1.6 * calm.p99)
      expect(slowestRefusal).toBeLessThan(WAIT_MS + STEP_MS)
    }
  })
})
