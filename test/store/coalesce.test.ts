import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CartError } from '../../src/cart/errors.ts'
import { coalesce } from '../../src/store/coalesce.ts'

/** A batch under way, which the test ends when it likes. */
interface Batch {
  readonly inputs: readonly number[]
  /** Answers every even input with itself, and refuses every odd one. */
  end(): Promise<void>
  fail(error: unknown): Promise<void>
}

const MOST_WAIT_MS = 1000

function open(mostInFlight: number, mostInBatch: number) {
  const batches: Batch[] = []
  const call = coalesce<number, number>({
    mostInFlight,
    mostInBatch,
    mostWaitMs: MOST_WAIT_MS,
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
  /** What calls have come to so far, by input, as text; looked at rather than awaited, as a call may be forgotten. */
  const told: string[] = []
  const ask = (...inputs: readonly number[]) => {
    for (const input of inputs)
      call(input).then(
        (value) => {
          told[input] = `${value}`
        },
        (error: Error) => {
          told[input] = error.message
        },
      )
  }
  return { batches, ask, told, inputs: () => batches.map((batch) => batch.inputs) }
}

function outcomeOf(input: number): PromiseSettledResult<number> {
  return input % 2 === 0
    ? { status: 'fulfilled', value: input }
    : { status: 'rejected', reason: new Error(`no ${input}`) }
}

/** Until everything that follows from `act` has happened. */
async function settledAfter(act: () => void): Promise<void> {
  act()
  await new Promise(setImmediate)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('coalescing', () => {
  it('sends a call at once and alone while few batches are under way', () => {
    const { ask, inputs } = open(2, 10)
    ask(0)
    expect(inputs()).toEqual([[0]])
    ask(2)
    expect(inputs()).toEqual([[0], [2]])
  })

  it('sends what has gathered when a batch ends, in the order in which it came', async () => {
    const { ask, inputs, batches } = open(1, 10)
    ask(0, 2, 4, 6)
    expect(inputs()).toEqual([[0]])
    await batches[0]?.end()
    expect(inputs()).toEqual([[0], [2, 4, 6]])
  })

  it('leaves to the next batch what does not fit', async () => {
    const { ask, inputs, batches } = open(1, 2)
    ask(0, 2, 4, 6)
    await batches[0]?.end()
    await batches[1]?.end()
    expect(inputs()).toEqual([[0], [2, 4], [6]])
  })

  it('gives each member its own outcome', async () => {
    const { ask, told, batches } = open(1, 10)
    ask(0, 1, 2, 3)
    await batches[0]?.end()
    await batches[1]?.end()
    expect(told).toEqual(['0', 'no 1', '2', 'no 3'])
  })

  it('gives every member of a batch that fails as a whole its error, and goes on', async () => {
    const { ask, told, batches } = open(1, 10)
    ask(0, 1, 2)
    await batches[0]?.end()
    await batches[1]?.fail(new Error('cut off'))
    expect(told).toEqual(['0', 'cut off', 'cut off'])
    ask(4)
    await batches[2]?.end()
    expect(told[4]).toBe('4')
  })

  it('refuses as busy whoever has waited for too long, behind batches that do not end', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const { ask, told, inputs, batches } = open(1, 10)
    ask(0, 2)
    await settledAfter(() => vi.advanceTimersByTime(1))
    ask(4)
    await settledAfter(() => vi.advanceTimersByTime(MOST_WAIT_MS - 2))
    expect(told).toEqual([])
    await settledAfter(() => vi.advanceTimersByTime(1))
    expect(told[2]).toBe(new CartError('STORE_BUSY').message)
    expect(told[4]).toBeUndefined()
    await batches[0]?.end()
    await batches[1]?.end()
    expect(inputs()).toEqual([[0], [4]])
    expect([told[0], told[4]]).toEqual(['0', '4'])
    // Nobody is left to look after.
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1)
    vi.advanceTimersByTime(MOST_WAIT_MS)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not send what has waited for too long, even where the timer is late', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { ask, told, inputs, batches } = open(1, 10)
    ask(0, 2)
    vi.advanceTimersByTime(MOST_WAIT_MS)
    ask(4)
    await batches[0]?.end()
    expect(inputs()).toEqual([[0], [4]])
    expect(told[2]).toBe(new CartError('STORE_BUSY').message)
  })

  it('takes a `run` that throws for one that rejects', async () => {
    const call = coalesce<number, number>({
      mostInFlight: 1,
      mostInBatch: 1,
      mostWaitMs: MOST_WAIT_MS,
      run: () => {
        throw new Error('at once')
      },
    })
    const answers = await Promise.allSettled([call(1), call(2)])
    expect(answers.map((each) => each.status)).toEqual(['rejected', 'rejected'])
  })

  it('leaves no member without an answer, even where `run` forgets one', async () => {
    const call = coalesce<number, number>({
      mostInFlight: 1,
      mostInBatch: 9,
      mostWaitMs: MOST_WAIT_MS,
      run: async () => [],
    })
    await expect(call(1)).rejects.toThrow('unanswered')
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
  const story = fc.tuple(bound, bound, fc.array(step, { maxLength: 40 }))

  it('answers every call once, in order, within its bounds, whenever calls come and batches end', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ([mostInFlight, mostInBatch, steps]) => {
        const { ask, told, inputs, batches } = open(mostInFlight, mostInBatch)
        const expected: string[] = []
        const ended = new Set<Batch>()
        const underWay = () => batches.filter((batch) => !ended.has(batch))
        let asked = 0

        const end = async (index: number, failed: boolean) => {
          const batch = underWay().at(index % mostInFlight)
          if (batch === undefined) return
          ended.add(batch)
          batch.inputs.forEach((input) => {
            expected[input] = failed ? 'failed' : toldOf(input)
          })
          await (failed ? batch.fail(new Error('failed')) : batch.end())
        }
        const check = () => {
          expect(underWay().length).toBeLessThanOrEqual(mostInFlight)
          const sent = inputs().flat()
          expect(sent).toEqual(Array.from(sent, (_, i) => i))
          // Nothing waits while there is room.
          if (underWay().length < mostInFlight) expect(sent).toHaveLength(asked)
          expect(told).toEqual(expected)
        }
        for (const { do: what, n } of steps) {
          if (what === 'call') for (let i = 0; i < n; i++) ask(asked++)
          else await end(n, what === 'fail')
          check()
        }
        while (underWay().length > 0) {
          await end(0, false)
          check()
        }
        expect(expected).toHaveLength(asked)
        expect(Math.max(0, ...inputs().map(({ length }) => length))).toBeLessThanOrEqual(
          mostInBatch,
        )
      }),
      { numRuns: 200, seed: 20_260_104 },
    )
  })
})

function toldOf(input: number): string {
  return input % 2 === 0 ? `${input}` : `no ${input}`
}
