import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../random/random.ts'
import type { ServiceProgram } from '../../services/start-service.ts'
import type { Faults } from '../faults.ts'
import { openDisruptor } from './disruptor.ts'
import type { Settings } from './engines.ts'
import type { Instance } from './instance.ts'
import { type MoveAction, type Mover, type MoverEnd, startMover } from './mover.ts'

/** Something that happened to the fleet. */
export interface FleetEvent {
  /** Milliseconds since the recording began. */
  readonly at_ms: number
  readonly event: string
}

/** Moves the carts of a fleet to and fro while it is used, and disrupts that. */
export interface Director {
  begin(): void
  /** No more disruptions. The move goes on until `settle`. */
  end(): void
  /** Stops in the middle of a move: some carts have moved and others have not. All instances run then. */
  settle(): Promise<void>
  stop(): Promise<void>
  readonly events: readonly FleetEvent[]
  /** Whatever a mover said that it must not say, such as a cart that is missing. */
  readonly failures: readonly string[]
  /** Movements of all carts to the other database that were completed. */
  legs(): number
}

export interface DirectorOptions {
  readonly mover: { readonly settings: Settings; readonly program?: ServiceProgram | undefined }
  readonly instances: readonly Instance[]
  readonly old: Instance
  /** Receives the disruptions. */
  readonly faults: Faults
  readonly disrupts: boolean
  readonly seed: number
  readonly carts: number
}

/** Minimum duration of a movement of all carts: slow enough that clients meet carts of both databases. */
const LEG_MS = 3000
/** One worker for so many carts, at least 8: calls through the proxies take long, and some of them fail. */
const CARTS_OF_WORKER = 10
const WORKERS = { least: 8, most: 256 }
/** How often a mover is started again after faults before it counts as stuck. */
const MAX_STARTS = 60
/** How long the last move may take to get to its middle after the recording. */
const SETTLE_MS = 20_000
const LOOK_MS = 100

export function openDirector(options: DirectorOptions): Director {
  const { instances, old, faults, disrupts, seed, carts } = options
  const random = createRandom(seed, 'director')
  const events: FleetEvent[] = []
  const failures: string[] = []
  const movers = new Set<Mover>()
  const [recorded, over] = [new AbortController(), new AbortController()]
  const cartsPerSecond = Math.ceil((carts * 1000) / LEG_MS)
  const { least, most } = WORKERS
  const workers = Math.min(most, Math.max(least, Math.ceil(carts / CARTS_OF_WORKER)))
  let legs = 0
  let travelling: Promise<void> = Promise.resolve()
  let disrupting: Promise<void> = Promise.resolve()

  const log = (event: string) => void events.push({ at_ms: Math.round(faults.now() / 1e6), event })
  const disruptor = openDisruptor({
    instances,
    old,
    faults,
    random: createRandom(seed, 'disruptions'),
    killsFirst: seed % 2 === 0,
    log,
    signal: recorded.signal,
  })

  /** One mover until it ends. */
  async function run(
    action: MoveAction,
    kill?: (mover: Mover) => Promise<void>,
  ): Promise<MoverEnd> {
    const mover = startMover(action, { ...options.mover, cartsPerSecond, workers })
    movers.add(mover)
    const killing = kill?.(mover)
    const end = await mover.ended
    await killing
    movers.delete(mover)
    if (end.exitCode === null) {
      log(`mover killed, ${mover.moved()} carts moved`)
      // Sealed carts may be left; the next mover completes them.
      faults.note('mover_killed', faults.now())
    }
    return end
  }

  /** Kills a mover at some moment, mostly of its work: on a slow machine it takes seconds to begin. */
  async function killSoon(mover: Mover): Promise<void> {
    const isEarly = random.fraction() < 0.3
    const ms = random.integer(isEarly ? 300 : 0, isEarly ? LEG_MS : LEG_MS / 2)
    const over = new AbortController()
    void mover.ended.then(() => over.abort())
    if (!isEarly) await mover.working
    await sleep(ms, undefined, { signal: over.signal }).then(mover.kill, () => {})
  }

  /** A mover that is killed, sometimes with another one beside it. */
  async function disturbed(action: MoveAction): Promise<MoverEnd> {
    const beside = random.fraction() < 0.3 ? run(action) : undefined
    const end = await run(action, killSoon)
    const other = await beside
    // Whatever the first one does meanwhile, the second one must not find that it cannot be a move at all.
    return other?.exitCode === 3 ? other : end
  }

  /** Starts movers until one has done what it is to do. False if one of them fails for another reason than a fault. */
  async function persist(action: MoveAction): Promise<boolean> {
    let disturbs = disrupts && action !== 'verify'
    for (let starts = 0; starts < MAX_STARTS; starts++) {
      const end = await (disturbs ? disturbed(action) : run(action))
      disturbs = false
      if (over.signal.aborted) return false
      if (end.exitCode === 0) return true
      if (!isToRepeat(end)) return fail(action, end)
      note(action, end)
    }
    return fail(action, { exitCode: 2, last: undefined })
  }

  /** A mover that a fault has ended; `run` has logged those that were killed. */
  function note(action: MoveAction, { exitCode, last }: MoverEnd): void {
    if (exitCode !== null) log(`move ${action} stopped: ${last?.message ?? 'no message'}`)
  }

  function fail(action: MoveAction, { exitCode, last }: MoverEnd): false {
    const said = last === undefined ? `exit code ${exitCode}` : JSON.stringify(last)
    failures.push(`move ${action}: ${said}`)
    log(`move ${action} failed`)
    return false
  }

  /** Some of the time, the instance of the release before does not see that carts begin to move. */
  async function leg(action: 'start' | 'back'): Promise<boolean> {
    log(`move ${action}`)
    if (disrupts && random.fraction() < 0.5) void disruptor.freeze(old, random.integer(500, 2500))
    const isDone = (await persist(action)) && (action === 'back' || (await persist('verify')))
    if (isDone) log(`move ${action} done`)
    return isDone
  }

  async function travel(): Promise<void> {
    while (await leg(legs % 2 === 0 ? 'start' : 'back')) legs += 1
  }

  /** Resolves when a mover has moved some carts, or when none is left. */
  async function untilMidway(): Promise<void> {
    let isOver = false
    const mark = () => {
      isOver = true
    }
    travelling.then(mark, mark)
    const until = performance.now() + SETTLE_MS
    while (!isOver && performance.now() < until) {
      if ([...movers].some((mover) => mover.moved() > 0)) return
      await sleep(LOOK_MS)
    }
  }

  async function stop(): Promise<void> {
    recorded.abort()
    over.abort()
    for (const mover of movers) mover.kill()
    await Promise.allSettled([travelling, disrupting])
  }

  return {
    events,
    failures,
    legs: () => legs,
    begin() {
      travelling = travel()
      if (disrupts) disrupting = disruptor.play()
      // Both are awaited later.
      for (const promise of [travelling, disrupting]) promise.catch(() => {})
    },
    end: () => recorded.abort(),
    async settle() {
      await disrupting
      await untilMidway()
      log('stopped in the middle of the move')
      await stop()
    },
    stop,
  }
}

/** Whether a mover was killed, or met a database that did not respond. */
function isToRepeat({ exitCode }: MoverEnd): boolean {
  return exitCode === null || exitCode === 2
}
