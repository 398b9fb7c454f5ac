import type { History, Kind } from '@pushcart/histories'
import type { FleetEvent } from '../faults/move/director.ts'
import type { Engines } from '../faults/move/engines.ts'
import { type FleetOptions, startFleet } from '../faults/move/fleet.ts'
import type { CommandIo } from '../terminal/io.ts'
import { recordInto } from './consistency-record.ts'

export interface RecordMoveOptions extends Pick<FleetOptions, 'program' | 'oldProgram'> {
  readonly engines: Engines
  readonly from: 'postgres' | 'dynamodb'
  readonly faults: boolean
  readonly seconds: number
  readonly clients: number
  readonly seed: number
  readonly lagMs: number
  readonly without?: readonly Kind[] | undefined
  /** Carts that are there when the move begins (200). */
  readonly carts?: number | undefined
  /** Movements of all carts, after which the recording ends (3). */
  readonly legs?: number | undefined
}

/** What became of the move of a fleet, in the report. */
export interface MoveOfFleet {
  /** Movements of all carts to the other database that were completed, `start` with `verify`. */
  readonly legs: number
  readonly events: readonly FleetEvent[]
  /** What movers said that they must not say. */
  readonly failures: readonly string[]
}

/** Carts of a move, unless given. */
const CARTS = 200
/** Movements of all carts: to the destination, back, and to the destination again. */
const LEGS = 3

/** Many carts of a short life: each is moved while it is used, and forgets none of its keys. */
export const MOVE_WORKLOAD = {
  carts: 12,
  cartLife: 26,
  lateRepeats: 0.06,
  // Most of the machine is for movers and for instances that start again.
  pauseMs: 150,
  // More merges and deletes than usual, because moves concern them most.
  mix: {
    get: 38,
    add: 32,
    set: 5,
    remove: 5,
    empty: 1,
    merge: 6,
    checkout: 3,
    delete: 4,
    list: 5,
  },
} as const

/** Longer than the service waits for its database. */
const TIMEOUT_MS = 8000

/**
 * Records a fleet of three instances whose carts move between both databases, to and fro: after `legs` movements of all carts, or
 * after `seconds`, the recording ends in the middle of a move. With faults, both databases fail, and movers and instances are killed and frozen.
 *
 * @throws LabError
 */
export async function recordMove(
  file: string,
  { clients, without, carts = CARTS, legs = LEGS, ...options }: RecordMoveOptions,
  io: CommandIo,
): Promise<{ readonly history: History; readonly move: MoveOfFleet }> {
  const { seconds, seed } = options
  await using fleet = await startFleet({ ...options, carts, signal: io.signal })
  const { hosts, old, faults, eventualFrom, director } = fleet
  const history = await recordInto(
    file,
    {
      ...MOVE_WORKLOAD,
      host: hosts,
      refusing: old,
      eventualFrom,
      seconds,
      clients,
      seed,
      without,
      background: carts,
      enough: () => director.legs() >= legs,
      timeoutMs: TIMEOUT_MS,
      alwaysKeyed: true,
      faults,
      beforeFinalReads: () => director.settle(),
    },
    io,
  )
  const { events, failures } = director
  io.err(`all carts were moved ${director.legs()} times; ${failures.length} movers failed`)
  return { history, move: { legs: director.legs(), events, failures } }
}
