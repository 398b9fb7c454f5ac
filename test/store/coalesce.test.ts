import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coalesce } from '../../src/store/coalesce.ts'

/** A batch under way, which the test ends when it likes. */
interface Batch {
  readonly inputs: readonly number[]
  /** Answers every even input with itself, and refuses every odd one. */
  end(): Promise<void>
  fail(error: unknown): Promise<void>
}

function open(mostInFlight: number, mostInBatch: number) {
  const batches: Batch[] = []
  const call = coalesce<number, number>({
    mostInFlight,
    mostInBatch,
    run(inputs) {
      const { promise, resolve, reject } =
        Promise.withResolvers<readonly PromiseSettledResult<number>[]>()
      const end = () => resolve(inputs.map(outcomeOf))
      batches.push({ inputs, end: () => after(end), fail: (error) => after(() => reject(error)) })
      return promise
    },
  })
  /** What a call comes to, as text. */
  const told = (input: number) =>
    call(input).then(
      (value) => `${value}`,
      (error: Error) => error.message,
    )
  return { batches, call, told, inputs: () => batches.map((batch) => batch.inputs) }
}

function outcomeOf(input: number): PromiseSettledResult<number> {
  return input % 2 === 0
    ? { status: 'fulfilled', value: input }
    : { status: 'rejected', reason: new Error(`no ${input}`) }
}

/** Until everything that follows from `act` has happened. */
async function after(act: () => void): Promise<void> {
  act()
  await new Promise(setImmediate)
}

describe('coalescing', () => {
  it('sends a call at once and alone while few batches are under way', () => {
    const { told, inputs } = open(2, 10)
    void told(0)
    expect(inputs()).toEqual([[0]])
    void told(2)
    expect(inputs()).toEqual([[0], [2]])
  })

  it('sends what has gathered when a batch ends, in the order in which it came', async () => {
    const { told, inputs, batches } = open(1, 10)
    for (const input of [0, 2, 4, 6]) void told(input)
    expect(inputs()).toEqual([[0]])
    await batches[0]?.end()
    expect(inputs()).toEqual([[0], [2, 4, 6]])
  })

  it('leaves to the next batch what does not fit', async () => {
    const { told, inputs, batches } = open(1, 2)
    for (const input of [0, 2, 4, 6]) void told(input)
    await batches[0]?.end()
    await batches[1]?.end()
    expect(inputs()).toEqual([[0], [2, 4], [6]])
  })

  it('gives each member its own outcome', async () => {
    const { told, batches } = open(1, 10)
    const answers = Promise.all([0, 1, 2, 3].map(told))
    await batches[0]?.end()
    await batches[1]?.end()
    expect(await answers).toEqual(['0', 'no 1', '2', 'no 3'])
  })

  it('gives every member of a batch that fails as a whole its error, and goes on', async () => {
    const { told, batches } = open(1, 10)
    const answers = Promise.all([0, 2, 4].map(told))
    await batches[0]?.end()
    await batches[1]?.fail(new Error('cut off'))
    expect(await answers).toEqual(['0', 'cut off', 'cut off'])
    const next = told(6)
    await batches[2]?.end()
    expect(await next).toBe('6')
  })

  it('takes a `run` that throws for one that rejects', async () => {
    const call = coalesce<number, number>({
      mostInFlight: 1,
      mostInBatch: 1,
      run: () => {
        throw new Error('at once')
      },
    })
    const answers = await Promise.allSettled([call(1), call(2)])
    expect(answers.map((each) => each.status)).toEqual(['rejected', 'rejected'])
  })

  it('leaves no member without an answer, even where `run` forgets one', async () => {
    const call = coalesce<number, number>({ mostInFlight: 1, mostInBatch: 9, run: async () => [] })
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
        const { told, inputs, batches } = open(mostInFlight, mostInBatch)
        const answers: Promise<string>[] = []
        const expected: string[] = []
        const ended = new Set<Batch>()
        const underWay = () => batches.filter((batch) => !ended.has(batch))

        const end = async (index: number, failed: boolean) => {
          const batch = underWay().at(index % mostInFlight)
          if (batch === undefined) return
          ended.add(batch)
          const told = failed ? () => 'failed' : toldOf
          batch.inputs.forEach((input) => {
            expected[input] = told(input)
          })
          await (failed ? batch.fail(new Error('failed')) : batch.end())
        }
        const check = () => {
          expect(underWay().length).toBeLessThanOrEqual(mostInFlight)
          const sent = inputs().flat()
          expect(sent).toEqual(answers.map((_, i) => i).slice(0, sent.length))
          // Nothing waits while there is room.
          if (underWay().length < mostInFlight) expect(sent).toHaveLength(answers.length)
        }
        for (const { do: what, n } of steps) {
          if (what === 'call') for (let i = 0; i < n; i++) answers.push(told(answers.length))
          else await end(n, what === 'fail')
          check()
        }
        while (underWay().length > 0) await end(0, false)
        check()
        expect(Math.max(0, ...inputs().map(({ length }) => length))).toBeLessThanOrEqual(
          mostInBatch,
        )
        expect(await Promise.all(answers)).toEqual(expected)
      }),
      { numRuns: 200, seed: 20_260_104 },
    )
  })
})

function toldOf(input: number): string {
  return input % 2 === 0 ? `${input}` : `no ${input}`
}
