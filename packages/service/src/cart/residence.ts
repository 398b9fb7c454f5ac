import { isVisible } from './cart.ts'
import type { CartState } from './rules.ts'

/**
 * Where a cart is while carts move between two databases, as pure functions. `docs/moving.md` explains the protocol and
 * argues why it is safe; `test/move/model` explores every interleaving of it.
 *
 * Each database keeps one record of a cart:
 *
 * - absent  nothing is known, except perhaps the hop at which the cart was here last
 * - here    the cart. The only record that can be changed
 * - sealed  the cart, which can no longer be changed here: it is on its way to the other database, or has arrived there
 * - away    the cart left, or its id is taken by a cart in the other database
 *
 * The *hop* of a cart increases by at least one whenever it changes its database. Every step requires the hop that the caller
 * saw, so a step that is repeated or arrives late has no effect.
 */
export type Residence =
  | { readonly at: 'absent'; readonly hop: number }
  | { readonly at: 'here'; readonly hop: number; readonly state: CartState }
  | { readonly at: 'sealed'; readonly hop: number; readonly state: CartState }
  | { readonly at: 'away'; readonly hop: number; readonly trace: Trace | null }

/** A cart on its way to the other database. */
export type Sealed = Residence & { readonly at: 'sealed' }

/** What the cart was when it left: the evidence of `verify`. */
export interface Trace {
  readonly version: number
  readonly digest: string
  readonly expiresAt: number | null
}

/** One of the two databases of a move. All records of the source are kept until the end: it knows every cart. */
export type Side = 'source' | 'destination'

export const NOTHING_KNOWN: Residence = { at: 'absent', hop: 0 }

/** What to do next for one cart, given its two records. */
export type Step =
  /** Nothing: the cart can be used there, or does not exist. */
  | { readonly do: 'stay'; readonly at: Side | 'nowhere' }
  | { readonly do: 'seal'; readonly at: Side; readonly hop: number; readonly state: CartState }
  | { readonly do: 'place'; readonly at: Side; readonly hop: number; readonly state: CartState }
  | { readonly do: 'settle'; readonly at: Side; readonly hop: number }

/**
 * The next step of a cart. A move that has begun is always completed, whoever comes by; `to` decides whether another begins.
 *
 * @param to where the cart is to be; `undefined`: wherever it is
 */
export function nextStep(source: Residence, destination: Residence, to: Side | undefined): Step {
  if (source.at === 'sealed') return completion(source, destination, 'source')
  if (destination.at === 'sealed') return completion(destination, source, 'destination')
  const hop = Math.max(source.hop, destination.hop) + 1
  if (source.at === 'here') {
    if (to !== 'destination') return { do: 'stay', at: 'source' }
    return { do: 'seal', at: 'source', hop, state: source.state }
  }
  // The source knows every cart: one that it does not know does not exist, whatever a late copy has left.
  if (source.at === 'absent' || destination.at !== 'here') return { do: 'stay', at: 'nowhere' }
  if (to !== 'source') return { do: 'stay', at: 'destination' }
  return { do: 'seal', at: 'destination', hop, state: destination.state }
}

/** A sealed cart is placed in the other database; once that has been done, its seal is replaced by a trace. */
function completion(sealed: Sealed, other: Residence, from: Side): Step {
  const { hop, state } = sealed
  if (other.hop >= hop) return { do: 'settle', at: from, hop }
  return { do: 'place', at: otherSide(from), hop, state }
}

export function otherSide(side: Side): Side {
  return side === 'source' ? 'destination' : 'source'
}

/**
 * Each function below is one conditional write: the record afterwards, or `undefined` when the condition is not met.
 * `Residences` (`store/residences.ts`) has the same as methods.
 */

/** @param seen the record that the caller read: nothing may have changed since */
export function sealed(record: Residence, seen: Residence, hop: number): Sealed | undefined {
  if (record.at !== 'here' || seen.at !== 'here' || hop <= record.hop) return undefined
  const isSame =
    record.hop === seen.hop &&
    record.state.version === seen.state.version &&
    record.state.createdAt === seen.state.createdAt
  return isSame ? { at: 'sealed', hop, state: record.state } : undefined
}

/** Refused by a record of that hop or a later one, and by a cart that has not come with a move. */
export function placed(record: Residence, state: CartState, hop: number): Residence | undefined {
  const isForeign = record.at === 'here' && record.hop === 0
  return hop > record.hop && !isForeign ? { at: 'here', hop, state } : undefined
}

/** The seal that was placed in the other database becomes a trace. */
export function settled(record: Residence, hop: number, trace: Trace): Residence | undefined {
  return record.at === 'sealed' && record.hop === hop ? { at: 'away', hop, trace } : undefined
}

/** A new cart, in place of nothing, of an expired cart, or of an earlier trace. */
export function created(
  record: Residence,
  state: CartState,
  hop: number,
  now: number,
): Residence | undefined {
  const isFree = record.at === 'absent' || isExpired(record, now)
  if (isFree) return { at: 'here', hop: Math.max(hop, record.hop), state }
  return record.at === 'away' && hop > record.hop ? { at: 'here', hop, state } : undefined
}

/**
 * Takes an id for a cart in the other database: afterwards no cart can be created here at that hop or a lower one. It never
 * raises the hop further than that, because a later hop is the evidence that a sealed cart has arrived here.
 */
export function claimed(record: Residence, hop: number, now: number): Residence | undefined {
  const isFree = record.at === 'absent' || isExpired(record, now)
  if (isFree) return { at: 'away', hop: Math.max(hop, record.hop), trace: null }
  return record.at === 'away' && hop > record.hop ? { ...record, hop } : undefined
}

/** Forgets a trace whose cart no longer exists. */
export function released(record: Residence, hop: number): Residence | undefined {
  return record.at === 'away' && record.hop === hop ? NOTHING_KNOWN : undefined
}

function isExpired(record: Residence, now: number): boolean {
  return record.at === 'here' && !isVisible(record.state, now)
}
