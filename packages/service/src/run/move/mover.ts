import { setTimeout as sleep } from 'node:timers/promises'
import { isVisible } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { otherSide, type Residence, type Side } from '../../cart/residence.ts'
import { type CartState, newState } from '../../cart/rules.ts'
import { bring, type Pair } from '../../store/moving/pair.ts'
import type { MovableStore } from '../../store/residences.ts'
import { openPace, type Pace } from './pace.ts'
import type { Share } from './share.ts'

export interface MoverOptions {
  readonly pair: Pair
  readonly to: Side
  /**
   * Maximum of carts per second, and of write units of the side that carts go to, of all movers together; without limits where
   * absent.
   */
  readonly carts?: number | undefined
  readonly units?: number | undefined
  /** Of the limits; all of them unless given. */
  readonly share?: Pick<Share, 'movers'> | undefined
  /** Carts that are moved at the same time, so the maximum number of sealed carts after a crash. */
  readonly workers: number
  readonly now: () => number
  readonly signal: AbortSignal
  /** Called before each cart; waits while the move is paused, and rejects when it has another phase. */
  readonly proceed: () => Promise<void>
  readonly report: (counts: Counts) => void
  /** Waits at most that many milliseconds, at random; simulated in simulations. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Counts {
  /** Carts that this mover brought to the other database. */
  readonly moved: number
  /** Records looked at in this pass. */
  readonly seen: number
  /** Carts that do not fit into the other database. */
  readonly tooLarge: readonly string[]
  /** Carts that wait for a database: their last step failed, and is being tried again. */
  readonly failed: number
}

const PAGE = 100
/** A cart that has been expired for longer by the clock of the mover is left to the sweep or to TTL. */
const EXPIRED_MS = 60_000
const MAX_PAUSE_MS = 5_000

/**
 * Moves all carts to one side, in passes until one finds nothing more to move. It keeps no memory between passes: the records
 * show what has moved, so it can be killed at any point and started again, also several times at once.
 *
 * @returns the counts of the last pass, with all that were moved
 */
export async function moveAll(options: MoverOptions): Promise<Counts> {
  const { pair, to, workers, signal, share } = options
  const pace = openPace(options, share?.movers)
  let moved = 0
  for (;;) {
    const before = moved
    const tooLarge: string[] = []
    let [seen, failed] = [0, 0]
    const counts = (): Counts => ({ moved, seen, tooLarge, failed })
    const waiting = (carts: number) => {
      failed = carts
      options.report(counts())
    }
    const visit = persistently({ ...options, waiting }, async (cartId, record) => {
      await options.proceed()
      const outcome = await moveOne(options, pace, cartId, record)
      seen += 1
      if (outcome === 'moved') moved += 1
      if (outcome === 'stays') tooLarge.push(cartId)
      options.report(counts())
    })
    await eachRecord(pair, otherSide(to), workers, signal, visit)
    if (to === 'source')
      await eachRecord(
        pair,
        'source',
        workers,
        signal,
        persistently({ ...options, waiting }, (cartId, record) =>
          settleTrace(options, cartId, record),
        ),
      )
    options.report(counts())
    if (moved === before) return counts()
  }
}

async function moveOne(
  { pair, to, signal, now }: MoverOptions,
  pace: Pace,
  cartId: string,
  record: Residence,
): Promise<'moved' | 'stays' | 'nothing'> {
  if (!isToMove(record, now())) return 'nothing'
  const giveBack = await pace.take('state' in record ? unitsAt(pair[to], record.state) : 1, signal)
  const known = to === 'destination' ? record : undefined
  const place = await bring(pair, cartId, to, { source: known })
  if (place.stays) return 'stays'
  if (place.moved) return 'moved'
  giveBack()
  return 'nothing'
}

/** What counts towards `--units`: write units or, where the database has none, kilobytes. */
export function unitsAt({ residences }: MovableStore, state: CartState): number {
  const bytes = () => Math.max(1, Math.ceil(residences.sizeOf(state) / 1024))
  return residences.unitsOf(state)?.arrival ?? bytes()
}

interface Waiting extends Pick<MoverOptions, 'signal' | 'pause'> {
  /** Receives the number of carts whose last step failed. */
  readonly waiting: (carts: number) => void
}

type Visit = (cartId: string, record: Residence) => Promise<void>

/**
 * Makes visits, each until it succeeds. One that fails because a database is busy or does not respond slows all visits down. A
 * worker stays with its cart, which it may have sealed: while the destination takes no carts, no more than one per worker wait
 * for it.
 */
function persistently({ signal, waiting, pause = pauseAtRandom }: Waiting, visit: Visit): Visit {
  let congestion = 0
  const failing = new Set<string>()
  return async (cartId, record) => {
    for (;;) {
      try {
        await visit(cartId, record)
        congestion = Math.max(0, congestion - 1)
        if (failing.delete(cartId)) waiting(failing.size)
        return
      } catch (error) {
        if (!(error instanceof CartError) || !TRANSIENT.has(error.code)) throw error
        waiting(failing.add(cartId).size)
        congestion = Math.min(10, congestion + 2)
        await pause(Math.min(MAX_PAUSE_MS, 50 * 2 ** congestion), signal)
      }
    }
  }
}

async function pauseAtRandom(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms * Math.random(), undefined, { signal })
}

const TRANSIENT: ReadonlySet<string> = new Set(['STORE_BUSY', 'STORE_TIMEOUT', 'STORE_UNAVAILABLE'])

function isToMove(record: Residence, now: number): boolean {
  if (record.at === 'sealed') return true
  return record.at === 'here' && isVisible(record.state, now - EXPIRED_MS)
}

/** On the way back: a trace in the source whose cart no longer exists is forgotten, after its id has been taken elsewhere. */
async function settleTrace(
  { pair, proceed, now }: MoverOptions,
  cartId: string,
  record: Residence,
): Promise<void> {
  await proceed()
  if (record.at === 'sealed') {
    await bring(pair, cartId, 'source')
    return
  }
  if (record.at !== 'away') return
  const place = await bring(pair, cartId, 'source')
  const { source } = place.records
  if (place.at !== 'nowhere' || source.at !== 'away') return
  const moment = now()
  const nobody = newState({
    cartId,
    customerId: 'pushcart-moved',
    currency: { code: 'XXX', digits: 0 },
    now: moment,
    expiresAt: moment,
  })
  const taken = await pair.destination.residences.claim(nobody, source.hop, moment)
  if (taken.at === 'away' && taken.hop >= source.hop)
    await pair.source.residences.release(cartId, source.hop)
}

/** Calls `visit` for every record of one side, for at most `workers` of them at a time. */
export async function eachRecord(
  pair: Pair,
  side: Side,
  workers: number,
  signal: AbortSignal,
  visit: (cartId: string, record: Residence) => Promise<void>,
): Promise<void> {
  let after: string | undefined
  do {
    signal.throwIfAborted()
    const page = await pair[side].residences.scan({ after, limit: PAGE })
    const queue = [...page.records]
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        signal.throwIfAborted()
        await visit(next.cartId, next.record)
      }
    }
    await Promise.all(Array.from({ length: workers }, work))
    after = page.next
  } while (after !== undefined)
}
