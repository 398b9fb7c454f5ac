import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { coalesce } from '../../src/store/coalesce.ts'

/** A batch in flight, which the test ends. */
interface Batch {
  readonly inputs: readonly number[]
  /** Resolves every even input with itself and rejects every odd one. */
  end(): Promise<void>
  fail(error: unknown): Promise<void>
}

const MAX_WAIT_MS = 1000

function open(maxInFlight: number, maxInBatch: number, gathers = false, maxLikelyWaitMs?: number) {
  const batches: Batch[] = []
  const call = coalesce<number, number>({
    maxInFlight,
    maxInBatch,
    gathers,
    maxWaitMs: MAX_WAIT_MS,
    maxLikelyWaitMs,
    run(inputs) {
      const { promise, resolve, reject } =
        Promise.withResolvers<readonly PromiseSettledResult<number>[]>()
      const end = () => resolve(inputs.map(outcomeOf))
      batches.push({
        inputs,
        end: () => settledAfter(end),
        fail: (error) => settledAfter(() => reject(error)),
      })
      return promise
    },
  })
  /** Outcomes so far, by input, as text. Looked at and not awaited, because a faulty version may never settle a call. */
  const outcomes: string[] = []
  const ask = (...inputs: readonly number[]) => {
    for (const input of inputs)
      call(input).then(
        (value) => {
          outcomes[input] = `${value}`
        },
        (error: Error) => {
          outcomes[input] = error.message
        },
      )
  }
  return { batches, ask, outcomes, inputs: () => batches.map((batch) => batch.inputs) }
}

function outcomeOf(input: number): PromiseSettledResult<number> {
  return input % 2 === 0
    ? { status: 'fulfilled', value: input }
    : { status: 'rejected', reason: new Error(`no ${input}`) }
}

/** Resolves when everything that `act` causes has happened. */
async function settledAfter(act: () => void): Promise<void> {
  act()
  // What is sent at the end of a turn may be noticed only in that turn.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('coalescing', () => {
  it('sends a call at once and alone while a slot is free', () => {
    const { ask, inputs } = open(2, 10)
    ask(0)
    expect(inputs()).toEqual([[0]])
    ask(2)
    expect(inputs()).toEqual([[0], [2]])
  })

  it('sends the queued calls when a batch ends, in order of arrival', async () => {
    const { ask, inputs, batches } = open(1, 10)
    ask(0, 2, 4, 6)
    expect(inputs()).toEqual([[0]])
    await batches[0]?.end()
    expect(inputs()).toEqual([[0], [2, 4, 6]])
  })

  it('gathers the calls of one turn of the event loop, and those that the end of a batch brings', async () => {
    const { ask, inputs, batches } = open(1, 10, true)
    ask(0)
    ask(2)
    expect(inputs()).toEqual([])
    await settledAfter(() => ask(4))
    expect(inputs()).toEqual([[0, 2, 4]])
    ask(6)
    await settledAfter(() => {
      void batches[0]?.end()
      ask(8)
      queueMicrotask(() => ask(10))
    })
    expect(inputs()).toEqual([
      [0, 2, 4],
      [6, 8, 10],
    ])
  })

  it('leaves calls that exceed the batch size to the next batch', async () => {
    const { ask, inputs, batches } = open(1, 2)
    ask(0, 2, 4, 6)
    await batches[0]?.end()
    await batches[1]?.end()
    expect(inputs()).toEqual([[0], [2, 4], [6]])
  })

  it('gives each call its own outcome', async () => {
    const { ask, outcomes, batches } = open(1, 10)
    ask(0, 1, 2, 3)
    await batches[0]?.end()
    await batches[1]?.end()
    expect(outcomes).toEqual(['0', 'no 1', '2', 'no 3'])
  })

  it('rejects every call of a batch that fails as a whole, and goes on', async () => {
    const { ask, outcomes, batches } = open(1, 10)
    ask(0, 1, 2)
    await batches[0]?.end()
    await batches[1]?.fail(new Error('cut off'))
    expect(outcomes).toEqual(['0', 'cut off', 'cut off'])
    ask(4)
    await batches[2]?.end()
    expect(outcomes[4]).toBe('4')
  })

  it('expires queued calls as STORE_BUSY while the batches in flight do not end', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const { ask, outcomes, inputs, batches } = open(1, 10)
    ask(0, 2)
    await settledAfter(() => vi.advanceTimersByTime(1))
    ask(4)
    await settledAfter(() => vi.advanceTimersByTime(MAX_WAIT_MS - 2))
    expect(outcomes).toEqual([])
    await settledAfter(() => vi.advanceTimersByTime(1))
    expect(outcomes[2]).toBe(new CartError('STORE_BUSY').message)
    expect(outcomes[4]).toBeUndefined()
    await batches[0]?.end()
    await batches[1]?.end()
    expect(inputs()).toEqual([[0], [4]])
    expect([outcomes[0], outcomes[4]]).toEqual(['0', '4'])
    // The queue is empty, so no further timer starts.
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
    vi.advanceTimersByTime(MAX_WAIT_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses a call at once whose queue would take too long, but never the first round', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { ask, outcomes, batches } = open(2, 2, false, 100)
    const endAfter = async (ms: number) => {
      vi.advanceTimersByTime(ms)
      await batches.shift()?.end()
    }
    const refused = () => Object.values(outcomes).filter((outcome) => /busy/.test(outcome)).length
    ask(0, 2, 4, 6, 8, 10, 12, 14, 16, 18)
    await Promise.resolve()
    // Nothing is known of the database yet.
    expect(refused()).toBe(0)
    await endAfter(500)
    while (batches.length > 0) await endAfter(0)
    outcomes.length = 0
    ask(0, 2, 4, 6, 8, 10)
    await Promise.resolve()
    expect(refused()).toBe(0)
    ask(12, 14)
    await Promise.resolve()
    expect([refused(), batches.length]).toEqual([2, 2])
    while (batches.length > 0) await endAfter(0)
    expect(Object.values(outcomes).slice(0, 6)).toEqual(['0', '2', '4', '6', '8', '10'])
    // A batch that was slow once is soon forgotten.
    for (let again = 0; again < 10; again++) {
      ask(0)
      await endAfter(1)
    }
    outcomes.length = 0
    ask(...Array.from({ length: 20 }, (_, index) => 2 * index))
    await Promise.resolve()
    expect(refused()).toBe(0)
  })

  it('does not send an expired call, even if the timer is late', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { ask, outcomes, inputs, batches } = open(1, 10)
    ask(0, 2)
    vi.advanceTimersByTime(MAX_WAIT_MS)
    ask(4)
    await batches[0]?.end()
    expect(inputs()).toEqual([[0], [4]])
    expect(outcomes[2]).toBe(new CartError('STORE_BUSY').message)
  })

  it('treats a `run` that throws like one that rejects', async () => {
    const call = coalesce<number, number>({
      maxInFlight: 1,
      maxInBatch: 1,
      maxWaitMs: MAX_WAIT_MS,
      run: () => {
        throw new Error('at once')
      },
    })
    const results = await Promise.allSettled([call(1), call(2)])
    expect(results.map((each) => each.status)).toEqual(['rejected', 'rejected'])
  })

  it('rejects a call for which `run` returns no outcome', async () => {
    const call = coalesce<number, number>({
      maxInFlight: 1,
      maxInBatch: 9,
      maxWaitMs: MAX_WAIT_MS,
      run: async () => [],
    })
    await expect(call(1)).rejects.toThrow('no outcome')
  })

  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('call'), n: fc.integer({ min: 1, max: 5 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('end', 'end', 'fail'), n: fc.nat(3) }),
    },
  )
  const bound = fc.integer({ min: 1, max: 4 })
  const story = fc.tuple(bound, bound, fc.boolean(), fc.array(step, { maxLength: 40 }))

  it('settles every call once, in order and within its bounds, for any order of calls and ends of batches', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ([maxInFlight, maxInBatch, gathers, steps]) => {
        const { ask, outcomes, inputs, batches } = open(maxInFlight, maxInBatch, gathers)
        const expected: string[] = []
        const ended = new Set<Batch>()
        const inFlight = () => batches.filter((batch) => !ended.has(batch))
        let asked = 0

        const end = async (index: number, failed: boolean) => {
          const batch = inFlight().at(index % maxInFlight)
          if (batch === undefined) return
          ended.add(batch)
          batch.inputs.forEach((input) => {
            expected[input] = failed ? 'failed' : outcomeText(input)
          })
          await (failed ? batch.fail(new Error('failed')) : batch.end())
        }
        const check = () => {
          expect(inFlight().length).toBeLessThanOrEqual(maxInFlight)
          const sent = inputs().flat()
          expect(sent).toEqual(Array.from(sent, (_, i) => i))
          // Nothing is queued while a slot is free.
          if (inFlight().length < maxInFlight) expect(sent).toHaveLength(asked)
          expect(outcomes).toEqual(expected)
        }
        for (const { do: what, n } of steps) {
          if (what === 'call')
            await settledAfter(() => {
              for (let i = 0; i < n; i++) ask(asked++)
            })
          else await end(n, what === 'fail')
          check()
        }
        while (inFlight().length > 0) {
          await end(0, false)
          check()
        }
        expect(expected).toHaveLength(asked)
        expect(Math.max(0, ...inputs().map(({ length }) => length))).toBeLessThanOrEqual(maxInBatch)
      }),
      { numRuns: 200, seed: 20_260_104 },
    )
  })
})

function outcomeText(input: number): string {
  return input % 2 === 0 ? `${input}` : `no ${input}`
}
