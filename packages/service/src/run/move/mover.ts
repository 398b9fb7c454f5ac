import { isVisible } from '../../cart/cart.ts'
import { otherSide, type Residence, type Side } from '../../cart/residence.ts'
import { type CartState, newState } from '../../cart/rules.ts'
import { bring, type Pair } from '../../store/moving/pair.ts'
import type { MovableStore } from '../../store/residences.ts'
import { openPace, type Pace } from './pace.ts'
import { openPersistence, type Pause, type Visit } from './persistence.ts'
import type { Turn } from './phase-lease.ts'
import { eachRecord } from './records.ts'
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
  /** Whether carts that others have created in the destination come along to the source. */
  readonly adopts?: boolean
  readonly now: () => number
  readonly signal: AbortSignal
  /** Called before each cart that is to be moved; waits while the move is paused, and rejects when it has another phase. */
  readonly enter: () => Promise<Turn>
  readonly report: (counts: Counts) => void
  /** Simulated in simulations. */
  readonly pause?: Pause
}

/** Of a mover that acts by no phase. */
export const ANY_TIME: Turn = { isValid: () => true, confirm: async () => true, end() {} }

export interface Counts {
  /** Carts that this mover brought to the other database. */
  readonly moved: number
  /** Carts that others brought there while this mover had them in hand. */
  readonly movedByOthers: number
  /** Records looked at in this pass. */
  readonly seen: number
  /** Those of them that were traces of carts that had left before. */
  readonly away: number
  /** Carts that do not fit into the other database. */
  readonly tooLarge: readonly string[]
  /** Carts that wait for a database: their last step failed, and is being tried again. */
  readonly failed: number
}

/** A cart that has been expired for longer by the clock of the mover is left to the sweep or to TTL. */
const EXPIRED_MS = 60_000

/**
 * Moves all carts to one side, in passes until one finds nothing more to move. It keeps no memory between passes: the records
 * show what has moved, so it can be killed at any point and started again, also several times at once.
 *
 * @returns the counts of the last pass, with all that were moved
 */
export async function moveAll(options: MoverOptions): Promise<Counts> {
  const { pair, to, share } = options
  const pace = openPace(options, share?.movers)
  let [moved, movedByOthers] = [0, 0]
  for (;;) {
    const before = moved
    const tooLarge: string[] = []
    let [seen, away, failed] = [0, 0, 0]
    const counts = (): Counts => ({
      moved,
      movedByOthers,
      seen,
      away,
      tooLarge,
      failed,
    })
    const persistently = openPersistence({
      ...options,
      waiting(carts) {
        failed = carts
        options.report(counts())
      },
    })
    const eachOf = (side: Side, visit: Visit) =>
      eachRecord(pair, side, options, persistently(visit))
    await eachOf(otherSide(to), async (cartId, record, stop) => {
      const outcome = await moveOne({ ...options, signal: stop }, pace, cartId, record)
      seen += 1
      if (outcome === 'moved') moved += 1
      if (outcome === 'moved by others') movedByOthers += 1
      if (record.at === 'away') away += 1
      if (outcome === 'stays') tooLarge.push(cartId)
      options.report(counts())
    })
    if (to === 'source')
      await eachOf('source', (cartId, record) => settleTrace(options, cartId, record))
    options.report(counts())
    if (moved === before) return counts()
  }
}

async function moveOne(
  { pair, to, signal, now, enter, adopts }: MoverOptions,
  pace: Pace,
  cartId: string,
  record: Residence,
): Promise<'moved' | 'moved by others' | 'stays' | 'nothing'> {
  if (!isToMove(record, now())) return 'nothing'
  const giveBack = await pace.take('state' in record ? unitsAt(pair[to], record.state) : 1, signal)
  // After the wait for its moment: nobody may have paused or turned the move meanwhile.
  const turn = await enter()
  try {
    if (adopts === true) await adopt(pair, record, now())
    const known = to === 'destination' ? record : undefined
    const place = await bring(pair, cartId, to, { source: known, maySeal: turn.isValid })
    if (place.stays) return 'stays'
    if (place.moved) return 'moved'
    giveBack()
    return place.at === to ? 'moved by others' : 'nothing'
  } finally {
    // A seal that was sent in time but executed later, after the lease: the cart must be where the phase has it.
    const isOver = async () => !turn.isValid() && !(await turn.confirm())
    const settled = isOver().then((over) => (over ? bring(pair, cartId, otherSide(to)) : undefined))
    await settled.finally(turn.end)
  }
}

/** A cart that was created in the destination outside the move becomes known to the source. */
async function adopt({ source }: Pair, record: Residence, now: number): Promise<void> {
  if (record.at === 'here' && record.hop === 0) await source.residences.claim(record.state, 0, now)
}

/** What counts towards `--units`: write units or, where the database has none, kilobytes. */
export function unitsAt({ residences }: MovableStore, state: CartState): number {
  const bytes = () => Math.max(1, Math.ceil(residences.sizeOf(state) / 1024))
  return residences.unitsOf(state)?.arrival ?? bytes()
}

function isToMove(record: Residence, now: number): boolean {
  if (record.at === 'sealed') return true
  return record.at === 'here' && isVisible(record.state, now - EXPIRED_MS)
}

/** On the way back: a trace in the source whose cart no longer exists is forgotten, after its id has been taken elsewhere. */
async function settleTrace(
  { pair, enter, now }: MoverOptions,
  cartId: string,
  record: Residence,
): Promise<void> {
  if (record.at !== 'sealed' && record.at !== 'away') return
  const turn = await enter()
  try {
    await settleKnown(pair, cartId, record, now())
  } finally {
    turn.end()
  }
}

async function settleKnown(
  pair: Pair,
  cartId: string,
  record: Residence,
  moment: number,
): Promise<void> {
  if (record.at === 'sealed') {
    await bring(pair, cartId, 'source')
    return
  }
  if (record.at !== 'away') return
  const place = await bring(pair, cartId, 'source')
  const { source } = place.records
  if (place.at !== 'nowhere' || source.at !== 'away') return
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
