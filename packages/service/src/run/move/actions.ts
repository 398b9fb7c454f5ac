import { isVisible } from '../../cart/cart.ts'
import type { Side } from '../../cart/residence.ts'
import { LEASE, type LeaseTimes } from '../../store/moving/lease.ts'
import { instancesOf } from '../../store/moving/movers.ts'
import type { Pair } from '../../store/moving/pair.ts'
import { openRenewals } from '../../store/moving/renewals.ts'
import type { Member, MoveRecord, Progress } from '../../store/residences.ts'
import { MoveRefused } from './move-refused.ts'
import { ANY_TIME, type Counts, moveAll } from './mover.ts'
import { isTransient } from './persistence.ts'
import { openPhaseLease } from './phase-lease.ts'
import { changeRecord, mirror, type PhaseOptions, recordOf, type Waiting } from './phases.ts'
import { type Plan, plan, type Rates } from './plan.ts'
import { eachRecord } from './records.ts'
import { requireEmptyDestination, requirePair, requireSameMove } from './requirements.ts'
import { openShare } from './share.ts'
import { openTally } from './tally.ts'
import { type Verification, verify } from './verify.ts'

/** What a move reports while it runs: of all movers and instances, except for `failed`. */
export interface MoveProgress {
  readonly phase: string
  readonly moved: number
  readonly total: number
  readonly tooLarge: number
  /** Carts of this mover that wait for a database. */
  readonly failed: number
  /** Carts per second, over the last minute. */
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

/** `plan`: what `start` would do, after the checks that `start` makes. Changes nothing. */
export async function planMove({ pair, now, signal, ...rates }: ActionOptions): Promise<Plan> {
  await requirePair(pair, signal)
  return plan(pair, now(), rates, signal)
}

/**
 * `start`: from `stay` to `moving`, then moves all carts to the destination. In a later phase it continues where the move is.
 * With `freeze`, changes are refused until `moved`; a move that cannot get there lets them through again.
 *
 * @throws ConfigError before anything is touched
 */
export async function start(options: ActionOptions): Promise<MoveResult> {
  const { pair, freeze, signal } = options
  const { control } = pair.source.residences
  await requirePair(pair, signal)
  const known = await control.read()
  if (known?.phase === 'returning' && known.role === 'source')
    throw new MoveRefused('The carts are on their way back: finish that with `pushcart move back`')
  if (freeze) await requireRoom(options)
  const { storeId: peerId } = await mirror(pair, await recordOf({ pair }))
  await changeRecord(phases(options), ({ phase }) =>
    phase === 'stay' ? { phase: 'ready', peerId, progress: null } : undefined,
  )
  await control.fence()
  if (freeze) return moveFrozen(options)
  await setMoving(options, { frozen: false })
  return { phase: 'moving', counts: await run(options, 'destination'), frozenSeconds: null }
}

function setMoving(
  options: ActionOptions,
  { frozen: wanted }: { readonly frozen: boolean },
): Promise<MoveRecord> {
  return changeRecord(phases(options), ({ phase, frozen }) =>
    phase === 'ready' || frozen !== wanted ? { phase: 'moving', frozen: wanted } : undefined,
  )
}

/** Moves all carts while instances refuse changes, and finishes. */
async function moveFrozen(options: ActionOptions): Promise<MoveResult> {
  const since = performance.now()
  const unfreeze = () =>
    changeRecord({ ...phases(options), signal: undefined }, ({ frozen }) =>
      frozen ? { frozen: false } : undefined,
    ).catch(() => {})
  // At once: this mover may have to wait for a cart in hand, and be ended meanwhile.
  options.signal.addEventListener('abort', unfreeze, { once: true })
  try {
    await setMoving(options, { frozen: true })
    const counts = await run(options, 'destination')
    await requireMoved(options)
    const { phase } = await setMoved(options)
    const frozenSeconds = Math.round(performance.now() - since) / 1000
    await moveStrays(options)
    return { phase, counts, frozenSeconds }
  } catch (error) {
    // Shoppers must not wait for whoever reads this error.
    await unfreeze()
    throw error
  } finally {
    options.signal.removeEventListener('abort', unfreeze)
  }
}

/** A frozen move must be able to finish. */
async function requireRoom({ pair, now, signal }: ActionOptions): Promise<void> {
  const { tooLarge } = await plan(pair, now(), {}, signal)
  const [first] = tooLarge
  if (first !== undefined)
    throw new MoveRefused(
      `${tooLarge.length} carts are too large for the destination (first: ${first}), so a frozen move cannot finish`,
    )
}

/** `resume`: lets movers continue, and changes if they were refused, and continues to move. */
export async function resume(options: ActionOptions): Promise<MoveResult> {
  await requireSameMove(options.pair)
  const { phase } = await changeRecord(phases(options), ({ paused, frozen }) =>
    paused || frozen ? { paused: false, frozen: false } : undefined,
  )
  if (phase !== 'moving' && phase !== 'returning') throw notMoving(phase)
  const counts = await run(options, phase === 'moving' ? 'destination' : 'source')
  return { phase, counts, frozenSeconds: null }
}

export async function pause(options: ActionOptions): Promise<MoveRecord> {
  await requireSameMove(options.pair)
  return changeRecord(phases(options), ({ phase, paused }) => {
    if (phase !== 'moving' && phase !== 'returning') throw notMoving(phase)
    return paused ? undefined : { paused: true }
  })
}

/**
 * `finish`: refuses while anything is unmoved. After that it moves what instances of the release before have created in the
 * source since.
 */
export async function finish(options: ActionOptions): Promise<MoveRecord> {
  const { pair } = options
  await requireSameMove(pair)
  const known = await recordOf({ pair })
  if (known.phase !== 'moving' && known.phase !== 'moved') throw notMoving(known.phase)
  if (known.phase === 'moving') await requireMoved(options)
  // Also in phase `moved`: the copy of the record in the destination may be missing.
  const record = await setMoved(options)
  await moveStrays(options)
  return record
}

async function requireMoved({ pair, now, signal }: ActionOptions): Promise<void> {
  requireComplete(await verify(pair, now(), signal))
}

async function setMoved(options: ActionOptions): Promise<MoveRecord> {
  // It may have been the source of an earlier move.
  await options.pair.destination.residences.control.unfence()
  return changeRecord(phases(options), ({ phase }) => {
    if (phase === 'moved') return undefined
    if (phase !== 'moving') throw notMoving(phase)
    return { phase: 'moved', frozen: false, paused: false }
  })
}

/** What an instance has created since by the rules of a phase before, or without any: only a seal makes it final. */
async function moveStrays(options: ActionOptions): Promise<void> {
  await moveAll({ ...options, to: 'destination', enter: async () => ANY_TIME, report: () => {} })
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
  const { pair, signal } = options
  await requireSameMove(pair)
  const known = await recordOf({ pair })
  if (known.phase === 'moved')
    throw new MoveRefused('The move has been finished: move in the other direction instead')
  if (known.phase === 'stay')
    return { phase: 'stay', counts: await repair(options, known), frozenSeconds: null }
  await changeRecord(phases(options), ({ phase }) =>
    phase === 'returning'
      ? undefined
      : { phase: 'returning', frozen: false, paused: false, progress: null },
  )
  const counts = await run(options, 'source')
  await requireEmptyDestination(pair, signal)
  await pair.source.residences.control.unfence()
  const { phase } = await changeRecord(phases(options), () => ({ phase: 'stay', progress: null }))
  return { phase, counts, frozenSeconds: null }
}

/** Brings carts back that a mover has moved after the end of the move. */
async function repair(options: ActionOptions, { moveId }: MoveRecord): Promise<Counts> {
  const copy = await options.pair.destination.residences.control.read()
  if (copy?.moveId !== moveId) return NOTHING
  return moveAll({ ...options, to: 'source', enter: async () => ANY_TIME, report: () => {} })
}

const NOTHING: Counts = { moved: 0, movedByOthers: 0, seen: 0, away: 0, tooLarge: [], failed: 0 }

export interface Status {
  readonly record: MoveRecord | null
  readonly members: readonly Member[]
  /**
   * After `finish`: carts that are still in the source, where nobody reads them; `finish` moves them. `null` before, when
   * carts may be there.
   */
  readonly strays: number | null
}

export async function status(options: ActionOptions): Promise<Status> {
  const { pair } = options
  const { control } = pair.source.residences
  await requireSameMove(pair)
  const record = (await control.read()) ?? null
  const isOver = record?.role === 'source' && record.phase === 'moved'
  return {
    record,
    members: instancesOf(await control.members()),
    strays: isOver ? await countAt('source', options) : null,
  }
}

/** Carts at one side, sealed or not. */
async function countAt(side: Side, { pair, now, signal }: ActionOptions): Promise<number> {
  let count = 0
  await eachRecord(pair, side, { workers: 1, signal }, async (_cartId, record) => {
    if (record.at === 'sealed' || (record.at === 'here' && isVisible(record.state, now())))
      count += 1
  })
  return count
}

export async function verifyMove({ pair, now, signal }: ActionOptions): Promise<Verification> {
  await requireSameMove(pair)
  return verify(pair, now(), signal)
}

function notMoving(phase: string): MoveRefused {
  return new MoveRefused(`No move is in progress (phase ${phase})`)
}

const LOOK_MS = 1_000

/** Moves everything to one side, and keeps the counts in the record of the move. */
async function run(options: ActionOptions, to: Side): Promise<Counts> {
  const { pair, signal, progress, carts, units, times = LEASE } = options
  const { control } = pair.source.residences
  const wanted = to === 'destination' ? 'moving' : 'returning'
  const recorded = (await control.read())?.progress ?? null
  const counted = await (to === 'destination'
    ? countToMove(options)
    : countToReturn(options, recorded))
  const tally = openTally({ ...counted, recorded, limit: carts, now: performance.now() })
  let last: Counts = NOTHING
  let isPaused = false
  let failure: unknown

  /** @param isLast after the last pass, when what was recorded before it is out of date */
  async function look(isLast = false): Promise<void> {
    tally.update(last, performance.now())
    const { rate: perSecond, ...counts } = tally.progress
    const { secondsLeft } = tally
    const phase = isPaused ? 'paused' : wanted
    progress({ ...counts, failed: last.failed, phase, perSecond, secondsLeft })
    const record = await control.read()
    if (record?.phase !== wanted) throw new MoveRefused(`The phase is ${record?.phase} now`)
    isPaused = record.paused
    if (!isLast) tally.include(record.progress)
    await control.write({ ...record, progress: tally.progress }, record.epoch)
  }

  await using lease = await openPhaseLease({ control, times, phase: wanted, signal })
  const isLimited = carts !== undefined || units !== undefined
  await using share = isLimited ? await openShare({ control, times, signal }) : undefined
  // Also while no cart gets its turn, because of a low limit or of a database that does not respond.
  const looks = openRenewals(
    () => look(),
    LOOK_MS,
    (error) => {
      if (!isTransient(error)) failure ??= error
    },
  )
  looks.begin()
  try {
    last = await moveAll({
      ...options,
      to,
      adopts: to === 'source',
      share,
      async enter() {
        if (failure !== undefined) throw failure
        return lease.enter()
      },
      report(next) {
        last = next
      },
    })
  } finally {
    await looks.stop()
  }
  tally.finish(last, to === 'destination' ? last.away : undefined)
  await look(true)
  return last
}

async function countToMove({ pair, now, signal }: ActionOptions) {
  const { carts, moved, tooLarge } = await plan(pair, now(), {}, signal)
  return { before: moved, total: moved + carts + tooLarge.length }
}

/** Traces may be of earlier moves: only the carts that are still there count, and what has been recorded. */
async function countToReturn(options: ActionOptions, recorded: Progress | null) {
  const before = recorded?.moved ?? 0
  return { before, total: before + (await countAt('destination', options)) }
}
