import { isVisible, type NewCart } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { Residence, Side } from '../../cart/residence.ts'
import { type CartState, type Changed, newState } from '../../cart/rules.ts'
import { bring, type Pair, type PairEvents } from './pair.ts'

export interface Creating {
  readonly pair: Pair
  readonly to: Side
  readonly events?: PairEvents | undefined
  /** Receives where a new cart is. */
  readonly arrived: (cartId: string, side: Side) => void
}

/** How often a create begins again because others create or move a cart of that id. */
const ROUNDS = 8

interface Attempt {
  readonly cart: NewCart
  readonly state: CartState
  /** The hop at which the id is to be claimed. */
  readonly hop: number
}

/** The result, or the hop of the next attempt. */
type Attempted = Changed | number

/** Creates of a moving pair: in the destination when carts go there, after claiming the id in the source; else in the source. */
export function openCreates(creating: Creating): (cart: NewCart) => Promise<Changed> {
  const attempt = creating.to === 'destination' ? createInDestination : createInSource
  return async (cart) => {
    const state = newState(cart)
    let hop = 1
    for (let round = 0; round < ROUNDS; round++) {
      const made = await attempt(creating, { cart, state, hop })
      if (typeof made !== 'number') return made
      hop = made
    }
    throw new CartError('STORE_BUSY')
  }
}

const FIRST: Changed = { version: 1, replayed: false }

async function createInDestination(
  { pair, events, arrived }: Creating,
  { cart, state, hop }: Attempt,
): Promise<Attempted> {
  const { cartId, now } = cart
  const taken = await pair.source.residences.claim(state, hop, now)
  if (taken.at === 'here') return replayOf(taken, cart)
  if (taken.at === 'away') {
    if (await pair.destination.residences.create(state, taken.hop, now)) {
      arrived(cartId, 'destination')
      return FIRST
    }
    const record = await pair.destination.residences.look(cartId)
    if (isLive(record, now)) return replayOf(record, cart)
    if (record.at !== 'sealed') return record.hop + 1
  }
  await bring(pair, cartId, undefined, { events })
  return hop
}

async function createInSource(
  { pair, events }: Creating,
  { cart, state }: Attempt,
): Promise<Attempted> {
  const { cartId, now } = cart
  const { source, destination } = pair
  if (await source.residences.create(state, 0, now)) return FIRST
  const place = await bring(pair, cartId, undefined, { events })
  const record = place.at === 'nowhere' ? undefined : place.records[place.at]
  if (record !== undefined && isLive(record, now)) return replayOf(record, cart)
  if (place.at === 'source') return 0
  // Only a trace: whoever still creates carts in the destination must not find the id free.
  const known = place.records.source.hop
  const taken = await destination.residences.claim(state, known, now)
  if (taken.at !== 'away') return 0
  const isMade = await source.residences.create(state, Math.max(known, taken.hop) + 1, now)
  return isMade ? FIRST : 0
}

type Here = Residence & { readonly at: 'here' }

function isLive(record: Residence, now: number): record is Here {
  return record.at === 'here' && isVisible(record.state, now)
}

function replayOf(record: Here, cart: NewCart): Changed {
  if (record.state.customerId !== cart.customerId) throw new CartError('IDEMPOTENCY_KEY_REUSED')
  return { version: 1, replayed: true }
}
