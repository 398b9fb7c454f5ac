import type { Side } from '../../../../service/src/cart/residence.ts'
import { ANY_TIME, moveAll } from '../../../../service/src/run/move/mover.ts'
import type { CartStore } from '../../../../service/src/store/cart-store.ts'
import type { MovingParts } from '../../../../service/src/store/moving/moving-parts.ts'
import type { Pair } from '../../../../service/src/store/moving/pair.ts'
import type { Scheduler } from './scheduler.ts'
import { openProcess, type SimulatedProcess } from './simulated-process.ts'

/** A mover that met a busy database waits for less than a real one, because a call takes a few milliseconds only. */
const MAX_PAUSE_MS = 30

/** An instance of the service: how it acts depends on the phase, as `PhasedStore` does. */
export interface SimulatedInstance {
  readonly name: string
  call<T>(use: (store: CartStore) => Promise<T>): Promise<T>
  /** Sends new calls through the phase, and waits for the calls of the phase before. */
  enter(phase: SimulatedPhase): Promise<void>
  /** It is there again at once, and remembers nothing. */
  kill(): void
}

/** The side to which carts go while both databases are used; `stay` for the source alone. */
export type SimulatedPhase = Side | 'stay'

interface Mode {
  readonly store: CartStore
  calls: number
  drained: (() => void) | undefined
}

export interface FleetParts {
  readonly pair: Pair
  readonly parts: MovingParts
  readonly scheduler: Scheduler
}

export function openInstance(
  name: string,
  { pair, parts, scheduler }: FleetParts,
): SimulatedInstance {
  let phase: SimulatedPhase = 'stay'
  let process: SimulatedProcess
  let own: Pair
  let mode: Mode

  function storeOf(): CartStore {
    if (phase === 'stay') return process.pair.source
    return parts.store({ pair: own, to: phase, secret: 'move' })
  }

  function start(): void {
    process = openProcess(pair, scheduler)
    own = parts.pair(process.pair)
    mode = { store: storeOf(), calls: 0, drained: undefined }
  }
  start()

  return {
    name,
    async call(use) {
      const by = mode
      by.calls += 1
      try {
        return await process.watched(use(by.store))
      } finally {
        by.calls -= 1
        if (by.calls === 0) by.drained?.()
      }
    },
    async enter(next) {
      phase = next
      const before = mode
      mode = { store: storeOf(), calls: 0, drained: undefined }
      if (before.calls > 0)
        await new Promise<void>((resolve) => {
          before.drained = resolve
        })
    },
    kill() {
      process.kill()
      start()
    },
  }
}

/** Moves all carts to one side, in a process that is killed after `turns`. Rejects then, and resolves when all have moved. */
export function runMover(
  { pair, parts, scheduler }: FleetParts,
  to: Side,
  now: () => number,
  turns: number,
): Promise<void> {
  const process = openProcess(pair, scheduler)
  const moving = moveAll({
    pair: parts.pair(process.pair),
    to,
    workers: 3,
    now,
    signal: new AbortController().signal,
    async enter() {
      await scheduler.turn()
      return ANY_TIME
    },
    report() {},
    pause: (ms) => scheduler.turn(scheduler.random.integer(1, Math.min(ms, MAX_PAUSE_MS))),
  })
  void scheduler.turn(turns).then(process.kill)
  return process.watched(moving.then(() => {}))
}
