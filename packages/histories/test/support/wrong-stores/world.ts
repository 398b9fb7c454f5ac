import { createRandom } from '../random.ts'

/** A process in simulated time: every number that it yields is a wait in nanoseconds. */
export type Task<T = void> = Generator<number, T>

/** Simulated time and randomness, all derived from one seed. */
export interface World {
  /** Nanoseconds since the simulation began. */
  now(): number
  integer(min: number, max: number): number
  chance(share: number): boolean
  /** A latency in nanoseconds: mostly near `low`, sometimes up to `high` (both in microseconds). */
  latency(low: number, high: number): number
  start(task: Task): void
  /** Runs until no task is left. */
  run(): void
}

export function createWorld(seed: number): World {
  const random = createRandom(seed)
  const waiting: { at: number; order: number; task: Task }[] = []
  let time = 0
  let order = 0

  function push(task: Task, at: number): void {
    const entry = { at, order: order++, task }
    let index = waiting.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = waiting[parent]
      if (above === undefined || isBefore(above, entry)) break
      waiting[index] = above
      index = parent
    }
    waiting[index] = entry
  }

  function pop(): { at: number; task: Task } | undefined {
    const first = waiting[0]
    const last = waiting.pop()
    if (first === undefined || last === undefined || waiting.length === 0) return first
    sink(last)
    return first
  }

  /** Puts the entry at the root of the heap and sifts it down. */
  function sink(entry: (typeof waiting)[number]): void {
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const [left, right] = [waiting[child], waiting[child + 1]]
      if (left !== undefined && right !== undefined && isBefore(right, left)) child++
      const lower = waiting[child]
      if (lower === undefined || isBefore(entry, lower)) break
      waiting[index] = lower
      index = child
    }
    waiting[index] = entry
  }

  const integer = random.integer
  return {
    now: () => time,
    integer,
    chance: (share) => integer(0, 9999) < share * 10_000,
    latency(low, high) {
      // The square of a uniform draw: most responses are fast, some are slow.
      const draw = integer(0, 1000) / 1000
      return 1 + Math.round((low + (high - low) * draw * draw) * 1000)
    },
    start: (task) => push(task, time),
    run() {
      for (let entry = pop(); entry !== undefined; entry = pop()) {
        time = entry.at
        const step = entry.task.next()
        if (step.done !== true) push(entry.task, time + step.value)
      }
    },
  }
}

function isBefore(
  a: { readonly at: number; readonly order: number },
  b: { readonly at: number; readonly order: number },
): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
