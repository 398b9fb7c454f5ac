import { CartError } from '../../../../service/src/cart/errors.ts'
import type { Pair } from '../../../../service/src/store/moving/pair.ts'
import type { MovableStore } from '../../../../service/src/store/residences.ts'
import type { Scheduler } from './scheduler.ts'

/** A process that uses databases: every call of it takes a turn to arrive and another to be answered, until it is killed. */
export interface SimulatedProcess {
  /** The pair, as this process reaches it. */
  readonly pair: Pair
  /** What it was about to do does not happen, and what it has sent is still executed. */
  kill(): void
  /** The same call; rejects when the process is killed. */
  watched<T>(call: Promise<T>): Promise<T>
}

export function openProcess(pair: Pair, { turn }: Scheduler): SimulatedProcess {
  let isKilled = false
  const watching = new Set<(error: unknown) => void>()

  /** A killed process never goes on. */
  async function step(): Promise<void> {
    await turn()
    if (isKilled) await new Promise(() => {})
  }

  type Call = (...args: unknown[]) => Promise<unknown>
  const slow =
    (call: Call): Call =>
    async (...args) => {
      await step()
      const answer = call(...args).then(
        (value) => () => value,
        (error) => () => {
          throw error
        },
      )
      const given = await answer
      await step()
      return given()
    }

  function slowed<T extends object>(methods: T): T {
    const entries = Object.entries(methods).map(([name, value]) =>
      typeof value === 'function' && !IMMEDIATE.has(name) ? [name, slow(value)] : [name, value],
    )
    return Object.fromEntries(entries)
  }

  const reached = (store: MovableStore): MovableStore => ({
    ...slowed(store),
    residences: slowed(store.residences),
  })

  return {
    pair: { source: reached(pair.source), destination: reached(pair.destination) },
    kill() {
      isKilled = true
      for (const fail of watching) fail(new CartError('STORE_UNAVAILABLE'))
      watching.clear()
    },
    watched: (call) =>
      new Promise((resolve, reject) => {
        watching.add(reject)
        call.then(resolve, reject).finally(() => watching.delete(reject))
      }),
  }
}

/** Methods that ask no database. */
const IMMEDIATE: ReadonlySet<string> = new Set(['sizeOf', 'unitsOf'])
