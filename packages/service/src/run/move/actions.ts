import { setTimeout as sleep } from 'node:timers/promises'
import type { Side } from '../../cart/residence.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { LeaseTimes } from '../../store/moving/lease.ts'
import type { Pair } from '../../store/moving/pair.ts'
import type { Member, MoveRecord } from '../../store/residences.ts'
import { type Counts, eachRecord, moveAll } from './mover.ts'
import { changeRecord, type PhaseOptions, recordOf, type Waiting } from './phases.ts'
import { type Plan, plan, type Rates } from './plan.ts'
import { type Verification, verify } from './verify.ts'

/** What a move reports while it runs. */
export interface MoveProgress extends Counts {
  readonly phase: string
  readonly perSecond: number
  readonly secondsLeft: number | null
}

export interface ActionOptions extends Rates {
  readonly pair: Pair
  readonly workers: number
  readonly times?: LeaseTimes
  readonly freeze: boolean
  readonly now: () => number
  readonly signal: AbortSignal
  readonly waiting: (waiting: Waiting) => void
  readonly progress: (progress: MoveProgress) => void
}

/** The move cannot do what was asked at this point; exit code 1. */
export class MoveRefused extends Error {}

export interface MoveResult {
  readonly phase: string
  readonly counts: Counts
  /** With `--freeze`: how long changes were refused. */
  readonly frozenSeconds: number | null
}

const phases = ({ pair, signal, waiting, times }: ActionOptions): PhaseOptions => ({
  pair,
  signal,
  waiting,
  ...(times !== undefined && { times }),
})

export function planMove({ pair, now, signal, ...rates }: ActionOptions): Promise<Plan> {
  return plan(pair, now(), rates, signal)
}

/**
 * `start`: from `stay` to `moving`, then moves all carts to the destination. In a later phase it continues where the move is.
 *
 * @throws ConfigError before anything is touched
 */
export async function start(options: ActionOptions): Promise<MoveResult> {
  const { pair, freeze, now } = options
  const known = await pair.source.residences.control.read()
  if (known?.role !== 'source' || known.phase === 'stay') await requireEmptyDestination(options)
  if (known?.role === 'source' && known.phase === 'moved')
    throw new ConfigError('The carts of this source have moved already')
  if (known?.phase === 'returning' && known.role === 'source')
    throw new MoveRefused('The carts are on their way back: finish that with `pushcart move back`')
  await changeRecord(phases(options), ({ phase }) =>
    phase === 'stay' ? { phase: 'ready' } : undefined,
  )
  await pair.source.residences.control.fence()
  const since = now()
  await changeRecord(phases(options), ({ phase, frozen }) =>
    phase === 'ready' || frozen !== freeze ? { phase: 'moving', frozen: freeze } : undefined,
  )
  const counts = await run(options, 'destination')
  if (!freeze) return { phase: 'moving', counts, frozenSeconds: null }
  const { phase } = await finish(options)
  return { phase, counts, frozenSeconds: Math.round(now() - since) / 1000 }
}

/** `resume`: lets movers continue, and continues to move. */
export async function resume(options: ActionOptions): Promise<MoveResult> {
  const { phase } = await changeRecord(phases(options), ({ paused }) =>
    paused ? { paused: false } : undefined,
  )
  if (phase !== 'moving' && phase !== 'returning') throw notMoving(phase)
  const counts = await run(options, phase === 'moving' ? 'destination' : 'source')
  return { phase, counts, frozenSeconds: null }
}

export async function pause(options: ActionOptions): Promise<MoveRecord> {
  return changeRecord(phases(options), ({ phase, paused }) => {
    if (phase !== 'moving' && phase !== 'returning') throw notMoving(phase)
    return paused ? undefined : { paused: true }
  })
}

/** `finish`: refuses while anything is unmoved. */
export async function finish(options: ActionOptions): Promise<MoveRecord> {
  const { pair, now, signal } = options
  const { phase } = await recordOf({ pair })
  if (phase === 'moved') return recordOf({ pair })
  if (phase !== 'moving') throw notMoving(phase)
  const found = await verify(pair, now(), signal)
  requireComplete(found)
  const record = await changeRecord(phases(options), () => ({
    phase: 'moved',
    frozen: false,
    paused: false,
  }))
  // What an instance has created since by the rules of a phase before, or without any: only a seal makes it final.
  await moveAll({ ...options, to: 'destination', proceed: async () => {}, report: () => {} })
  return record
}

function requireComplete({ ok, unmoved, sealed, missing, different }: Verification): void {
  const left = unmoved + sealed
  if (left > 0)
    throw new MoveRefused(
      `${left} carts have not moved: run \`pushcart move resume\`, and \`plan\` names those that are too large`,
    )
  if (ok) return
  const [first] = [...missing, ...different]
  throw new MoveRefused(
    `${missing.length} carts are missing in the destination and ${different.length} differ (first: ${first})`,
  )
}

/** `back`: everything returns to the source, and the move is over. */
export async function back(options: ActionOptions): Promise<MoveResult> {
  const { pair } = options
  const known = await recordOf({ pair })
  if (known.phase === 'moved')
    throw new MoveRefused('The move has been finished: move in the other direction instead')
  if (known.phase === 'stay') return { phase: 'stay', counts: NOTHING, frozenSeconds: null }
  await changeRecord(phases(options), ({ phase }) =>
    phase === 'returning' ? undefined : { phase: 'returning', frozen: false, paused: false },
  )
  const counts = await run(options, 'source')
  await requireEmptyDestination(options)
  await pair.source.residences.control.unfence()
  const { phase } = await changeRecord(phases(options), () => ({ phase: 'stay', progress: null }))
  return { phase, counts, frozenSeconds: null }
}

const NOTHING: Counts = { moved: 0, seen: 0, tooLarge: [], failed: 0 }

export interface Status {
  readonly record: MoveRecord | null
  readonly members: readonly Member[]
}

export async function status({ pair }: ActionOptions): Promise<Status> {
  const { control } = pair.source.residences
  return { record: (await control.read()) ?? null, members: await control.members() }
}

export function verifyMove({ pair, now, signal }: ActionOptions): Promise<Verification> {
  return verify(pair, now(), signal)
}

function notMoving(phase: string): MoveRefused {
  return new MoveRefused(`No move is in progress (phase ${phase})`)
}

/** Traces of an earlier move do not count. */
async function requireEmptyDestination({ pair, signal }: ActionOptions): Promise<void> {
  await eachRecord(pair, 'destination', 1, signal, async (cartId, record) => {
    if (record.at === 'here' || record.at === 'sealed')
      throw new ConfigError(
        `The destination is not empty: it has the cart ${cartId}. A move needs an empty database`,
      )
  })
}

const LOOK_MS = 1_000

/** Moves everything to one side, and keeps the counts in the record of the move. */
async function run(options: ActionOptions, to: Side): Promise<Counts> {
  const { pair, signal, progress, now } = options
  const { control } = pair.source.residences
  const started = now()
  const { carts: total } = await (to === 'destination'
    ? plan(pair, now(), {}, signal)
    : { carts: Number.NaN })
  let looked = Number.NEGATIVE_INFINITY
  let last: Counts = NOTHING
  const wanted = to === 'destination' ? 'moving' : 'returning'

  async function look(): Promise<MoveRecord> {
    const record = await control.read()
    if (record?.phase !== wanted) throw new MoveRefused(`The phase is ${record?.phase} now`)
    const perSecond = last.moved / Math.max(0.001, (now() - started) / 1000)
    const left = Number.isNaN(total) ? null : Math.max(0, total - last.moved)
    progress({
      ...last,
      phase: record.paused ? 'paused' : wanted,
      perSecond,
      secondsLeft: left === null || perSecond === 0 ? null : left / perSecond,
    })
    const counts = {
      moved: last.moved,
      total: Number.isNaN(total) ? last.seen : total,
      tooLarge: last.tooLarge.length,
      rate: perSecond,
    }
    await control.write({ ...record, progress: counts }, record.epoch)
    return record
  }

  const counts = await moveAll({
    ...options,
    to,
    async proceed() {
      if (performance.now() - looked < LOOK_MS) return
      looked = performance.now()
      while ((await look()).paused) await sleep(LOOK_MS, undefined, { signal })
    },
    report(next) {
      last = next
    },
  })
  last = counts
  await look()
  return counts
}
