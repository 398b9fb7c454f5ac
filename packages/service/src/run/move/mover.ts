import { isVisible } from '../../cart/cart.ts'
import { otherSide, type Residence, type Side } from '../../cart/residence.ts'
import { type CartState, newState } from '../../cart/rules.ts'
import { bring, type Pair } from '../../store/moving/pair.ts'
import type { MovableStore } from '../../store/residences.ts'
import { openPace, type Pace } from './pace.ts'
import { openPersistence, type Pause, type Visit } from './persistence.ts'
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
  readonly now: () => number
  readonly signal: AbortSignal
  /** Called before each cart; waits while the move is paused, and rejects when it has another phase. */
  readonly proceed: () => Promise<void>
  readonly report: (counts: Counts) => void
  /** Simulated in simulations. */
  readonly pause?: Pause
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
  let moved = 0
  for (;;) {
    const before = moved
    const tooLarge: string[] = []
    let [seen, failed] = [0, 0]
    const counts = (): Counts => ({ moved, seen, tooLarge, failed })
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
      await options.proceed()
      const outcome = await moveOne({ ...options, signal: stop }, pace, cartId, record)
      seen += 1
      if (outcome === 'moved') moved += 1
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
