import { createRandom, type Random } from '../../../src/random/random.ts'

/**
 * Runs asynchronous code in an order that a seed decides, in simulated time: of all that waits, one thing at a time goes on.
 * Everything else the code awaits must be resolved without timers or input and output, or be declared as `outside`.
 */
export interface Scheduler {
  readonly random: Random
  /** Milliseconds since the beginning; every turn takes one. */
  now(): number
  /** Resolves when it is this caller's turn, `ms` milliseconds later at the earliest. */
  turn(ms?: number): Promise<void>
  /** Lets nothing else go on until that has settled: work that takes real time and none of the simulation. */
  outside<T>(work: Promise<T>): Promise<T>
  /** Runs until `main` has settled. */
  run<T>(main: Promise<T>): Promise<T>
}

interface Waiting {
  readonly due: number
  resume(): void
}

export function openScheduler(seed: number): Scheduler {
  const random = createRandom(seed, 'scheduler')
  const waiting: Waiting[] = []
  const outside = new Set<Promise<unknown>>()
  let time = 0

  function takeOne(): Waiting {
    const due = waiting.filter((one) => one.due <= time)
    if (due.length === 0) {
      if (waiting.length === 0) throw new Error('nothing goes on, and the simulation has not ended')
      time = Math.min(...waiting.map((one) => one.due))
      return takeOne()
    }
    const one = due[random.integer(0, due.length - 1)] as Waiting
    waiting.splice(waiting.indexOf(one), 1)
    return one
  }

  return {
    random,
    now: () => time,
    turn: (ms = 0) =>
      new Promise((resume) => {
        waiting.push({ due: time + ms, resume })
      }),
    outside(work) {
      const settled = work.then(
        () => {},
        () => {},
      )
      outside.add(settled)
      void settled.then(() => outside.delete(settled))
      return work
    },
    async run(main) {
      let isOver = false
      const end = () => {
        isOver = true
      }
      main.then(end, end)
      for (;;) {
        // After everything that can go on without a turn.
        do {
          await Promise.all(outside)
          await new Promise((resolve) => setImmediate(resolve))
        } while (outside.size > 0)
        if (isOver) return main
        time += 1
        takeOne().resume()
      }
    },
  }
}
