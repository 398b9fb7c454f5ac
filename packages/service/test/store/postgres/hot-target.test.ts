import { describe, expect, it } from 'vitest'
import { coalesceChanges } from '../../../src/store/postgres/coalesce-changes.ts'

interface Add {
  readonly target: string
}

/** A database in which others hold the locks of all targets until `release`. */
function lockedDatabase() {
  const released = Promise.withResolvers<void>()
  const waiting: number[] = []
  let single = 0
  const add = coalesceChanges<Add>({
    maxInFlight: 1,
    maxInBatch: 64,
    maxWaitMs: 60_000,
    gathers: true,
    targetOf: ({ target }) => target,
    alone: async () => {
      single += 1
      await released.promise
      return { version: 1, replayed: false }
    },
    jointly: async (inputs, wait) => {
      if (!wait) return new Map()
      waiting.push(inputs.length)
      await released.promise
      return new Map(inputs.map((input) => [input, { version: 1, replayed: false }]))
    },
  })
  return { add, waiting, release: released.resolve, single: () => single }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('changes of a target that others have locked', () => {
  it('join those that already wait, in few statements', async () => {
    const { add, waiting, release } = lockedDatabase()
    const made: Promise<unknown>[] = []
    for (let i = 0; i < 20; i++) {
      made.push(add({ target: 'hot' }), add({ target: 'hot' }))
      await turn()
      await turn()
    }
    release()
    await Promise.all(made)
    expect(waiting).toEqual([2, 38])
  })

  it('join one that waits alone', async () => {
    const { add, waiting, release, single } = lockedDatabase()
    const made: Promise<unknown>[] = []
    for (let i = 0; i < 20; i++) {
      made.push(add({ target: 'hot' }))
      await turn()
      await turn()
    }
    release()
    await Promise.all(made)
    expect([single(), waiting]).toEqual([1, [19]])
  })

  it('do not hold up those of other targets', async () => {
    const { add, waiting, release } = lockedDatabase()
    const made = ['one', 'two', 'one', 'two'].map((target) => add({ target }))
    while (waiting.length < 2) await turn()
    expect(waiting).toEqual([2, 2])
    release()
    await Promise.all(made)
  })
})
