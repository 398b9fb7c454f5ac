import { CartError } from '../../cart/errors.ts'
import { digestOf } from '../../cart/image.ts'
import {
  NOTHING_KNOWN,
  nextStep,
  otherSide,
  type Residence,
  type Side,
  type Step,
} from '../../cart/residence.ts'
import type { CartState } from '../../cart/rules.ts'
import type { MovableStore } from '../residences.ts'

/** The two databases of a move. */
export type Pair = Readonly<Record<Side, MovableStore>>

/** Where a cart is now. `stays`: it is too large for the database to which it was to be moved. */
export interface Place {
  readonly at: Side | 'nowhere'
  readonly stays: boolean
  /**
   * Whether this call has completed a move of the cart (to the given side, if one was given). Of all calls that complete a move, that
   * is the one whose write replaced the seal.
   */
  readonly moved: boolean
  /** The records of both databases, as they were read last. */
  readonly records: Readonly<Record<Side, Residence>>
}

/** Receives every completed move of a cart. */
export interface PairEvents {
  arrived?(at: Side, state: CartState): void
}

/** How often the records of one cart are read again because others change them too. */
const ROUNDS = 40

/**
 * Completes the move of a cart that has begun and, with `to`, moves it there: `nextStep`, step by step, each conditional on
 * what was read. Any number of callers may do so concurrently, and each may stop at any point.
 *
 * @throws CartError as the stores do; STORE_BUSY when others keep moving the cart; STORE_MISCONFIGURED when both have the cart
 */
export async function bring(
  pair: Pair,
  cartId: string,
  to: Side | undefined,
  { source: known, events, maySeal }: BringOptions = {},
): Promise<Place> {
  let records = await recordsOf(pair, cartId, to, known)
  let moved = false
  for (let round = 0; round < ROUNDS; round++) {
    const step = nextStep(records.source, records.destination, to)
    if (step.do === 'stay') {
      if (await isTrue(pair, cartId, step.at, records.source))
        return { at: step.at, stays: false, moved, records }
      records = await recordsOf(pair, cartId, to)
      continue
    }
    requirePermission(step, maySeal)
    if (isTooLarge(pair, step)) return { at: step.at, stays: true, moved, records }
    const after = await taken(pair, cartId, step, records)
    if (step.do === 'settle') moved ||= after.isMade && step.at !== to
    if (step.do === 'place' && after.isMade) events?.arrived?.(step.at, step.state)
    records = after.records ?? (await recordsOf(pair, cartId, to))
  }
  throw new CartError('STORE_BUSY')
}

export interface BringOptions {
  /** What the caller knows of the record in the source. */
  readonly source?: Residence | undefined
  /** Asked before a cart is sealed; STORE_BUSY if not. A move that has begun is completed in any case. */
  readonly maySeal?: (() => boolean) | undefined
  readonly events?: PairEvents | undefined
}

type Records = Readonly<Record<Side, Residence>>

/** A mover also settles what is left of an arrival in the source; others need not read the destination for it. */
async function recordsOf(
  pair: Pair,
  cartId: string,
  to: Side | undefined,
  known?: Residence,
): Promise<Records> {
  const source = known ?? (await pair.source.residences.look(cartId))
  const isThere = source.at === 'here' && to === undefined
  if (isThere || source.at === 'absent') return { source, destination: NOTHING_KNOWN }
  return { source, destination: await pair.destination.residences.look(cartId) }
}

function requirePermission(step: Step, maySeal: BringOptions['maySeal']): void {
  if (step.do === 'seal' && maySeal?.() === false) throw new CartError('STORE_BUSY')
}

/** A cart that the other database cannot take is not sealed. */
function isTooLarge(pair: Pair, step: Step): boolean {
  if (step.do !== 'seal') return false
  const goal = pair[otherSide(step.at)].residences
  return goal.sizeOf(step.state) > goal.maxSize
}

interface Taken {
  /** Whether this call has made the step; otherwise another one has, or the cart has changed. */
  readonly isMade: boolean
  /** The records afterwards; `undefined` when they are to be read. */
  readonly records: Records | undefined
}

const NOT_MADE: Taken = { isMade: false, records: undefined }

/**
 * Makes one step. What it has written is known, so only the record of a cart that has just arrived is read again, to compare it.
 */
async function taken(
  pair: Pair,
  cartId: string,
  step: Exclude<Step, { readonly do: 'stay' }>,
  records: Records,
): Promise<Taken> {
  const { residences } = pair[step.at]
  switch (step.do) {
    case 'seal': {
      const seal = await residences.seal(cartId, records[step.at], step.hop)
      if (seal === undefined) return NOT_MADE
      return { isMade: true, records: { ...records, [step.at]: seal } }
    }
    case 'place': {
      if (await residences.place(step.state, step.hop)) {
        const arrived = await residences.look(cartId)
        return { isMade: true, records: { ...records, [step.at]: arrived } }
      }
      await requireArrival(pair, cartId, step)
      return NOT_MADE
    }
    case 'settle':
      return settle(pair, cartId, step, records)
  }
}

/** "Nowhere" is only true if the source was the same before and after the read of the destination. */
async function isTrue(
  { source }: Pair,
  cartId: string,
  at: Place['at'],
  seen: Residence,
): Promise<boolean> {
  if (at !== 'nowhere' || seen.at === 'absent') return true
  const now = await source.residences.look(cartId)
  return now.at === seen.at && now.hop === seen.hop
}

/** A cart that was not placed must be there already; otherwise another cart has its id. */
async function requireArrival(
  pair: Pair,
  cartId: string,
  { at, hop }: { readonly at: Side; readonly hop: number },
): Promise<void> {
  const record = await pair[at].residences.look(cartId)
  if (record.at !== 'here' || record.hop >= hop) return
  throw new CartError(
    'STORE_MISCONFIGURED',
    `Both databases have a cart ${cartId}: one of them has been used outside the move.`,
  )
}

/** Replaces a seal by a trace, after comparing the cart in the other database with it. */
async function settle(
  pair: Pair,
  cartId: string,
  { at, hop }: { readonly at: Side; readonly hop: number },
  records: Records,
): Promise<Taken> {
  const seal = records[at]
  if (seal.at !== 'sealed') return NOT_MADE
  const { version, expiresAt } = seal.state
  const digest = digestOf(seal.state)
  const other = records[otherSide(at)]
  if (other.at === 'here' && other.hop === hop) {
    const isSame = other.state.version === version && digestOf(other.state) === digest
    const isLater = other.state.version > version || other.state.createdAt > seal.state.createdAt
    if (!isSame && !isLater)
      throw new CartError('INTERNAL_ERROR', `The copy of the cart ${cartId} differs from it.`)
  }
  const trace = { version, digest, expiresAt }
  const isMade = await pair[at].residences.settle(cartId, hop, trace)
  // Whether the cart is nowhere, only records that were read one after the other show.
  if (other.at !== 'here') return { isMade, records: undefined }
  return { isMade, records: { ...records, [at]: { at: 'away', hop, trace } } }
}
