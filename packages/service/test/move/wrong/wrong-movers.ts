import { setTimeout as pause } from 'node:timers/promises'
import { CartError } from '../../../src/cart/errors.ts'
import { otherSide, type Residence, type Sealed, type Side } from '../../../src/cart/residence.ts'
import type { CartState, Changed } from '../../../src/cart/rules.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { MOVING_PARTS, type MovingParts } from '../../../src/store/moving/moving-parts.ts'
import { type MovingOptions, openMovingStore } from '../../../src/store/moving/moving-store.ts'
import { bring, type Pair } from '../../../src/store/moving/pair.ts'
import type { MovableStore, Residences } from '../../../src/store/residences.ts'

/** Waits for so many milliseconds, without keeping the process alive. */
export type Sleep = (ms: number) => Promise<unknown>

/**
 * Deliberately faulty movers by name, each with one fault of a plausible protocol. Instances and movers have it alike.
 *
 * @param sleep simulated in simulations
 */
export function wrongMovers(
  sleep: Sleep = (ms) => pause(ms, undefined, { ref: false }),
): Readonly<Record<string, MovingParts>> {
  const replaced = (replace: Replace): MovingParts => ({
    ...MOVING_PARTS,
    pair: (pair) => withResidences(pair, replace),
  })
  return {
    // As before there was a move: the setting is changed, and no cart moves.
    'plain flip': {
      pair: (pair) => withResidences(pair, () => ({ scan: async () => NOTHING })),
      store: ({ pair, to }) => ({ ...pair[to], close: async () => {} }),
    },
    'no seal': replaced(copyWithoutSeal),
    'keys not carried': {
      ...MOVING_PARTS,
      pair: (pair) => withSealed(pair, (state) => ({ ...state, keys: [] })),
    },
    'version reset': {
      ...MOVING_PARTS,
      pair: (pair) => withSealed(pair, (state) => ({ ...state, version: 1 })),
    },
    'unseal on time-out': replaced(giveUpEarly(sleep)),
    'lists from the destination only': {
      ...MOVING_PARTS,
      store: ({ pair, ...options }) =>
        openMovingStore({ ...options, pair: { ...pair, source: withoutLists(pair.source) } }),
    },
    'merge across homes without bringing both together': {
      ...MOVING_PARTS,
      store: (options) => ({ ...openMovingStore(options), mergeCart: mergeApart(options) }),
    },
    'copy after delete that resurrects': replaced(copyWhatIsMissing(sleep)),
  }
}

const NOTHING = { records: [], next: undefined }

type Replace = (residences: Residences, other: Residences) => Partial<Residences>

function withResidences(pair: Pair, replace: Replace): Pair {
  const replaced = (side: Side): MovableStore => {
    const { residences } = pair[side]
    const other = pair[otherSide(side)].residences
    const parts = replace(residences, other)
    return { ...pair[side], residences: { ...residences, ...parts } }
  }
  return { source: replaced('source'), destination: replaced('destination') }
}

/** Another content of sealed carts, whoever looks at them. */
function withSealed(pair: Pair, change: (state: CartState) => CartState): Pair {
  const altered = (record: Sealed): Sealed => ({ ...record, state: change(record.state) })
  const changed = (record: Residence): Residence =>
    record.at === 'sealed' ? altered(record) : record
  return withResidences(pair, ({ look, seal, scan }) => ({
    look: async (cartId) => changed(await look(cartId)),
    async seal(cartId, seen, hop) {
      const record = await seal(cartId, seen, hop)
      return record && altered(record)
    },
    async scan(request) {
      const { records, next } = await scan(request)
      const found = records.map(({ cartId, record }) => ({ cartId, record: changed(record) }))
      return { records: found, next }
    },
  }))
}

/** The cart stays changeable until its copy has arrived; what was changed in between is given up. */
function copyWithoutSeal({ look, seal, settle }: Residences): Partial<Residences> {
  const copied = new Map<string, Sealed>()
  return {
    async look(cartId) {
      const record = await look(cartId)
      return record.at === 'here' ? (copied.get(cartId) ?? record) : record
    },
    async seal(cartId, seen, hop) {
      if (seen.at !== 'here') return undefined
      const copy: Sealed = { at: 'sealed', hop, state: seen.state }
      copied.set(cartId, copy)
      return copy
    },
    async settle(cartId, hop, trace) {
      for (let isSealed = false; !isSealed; ) {
        const record = await look(cartId)
        isSealed = record.at !== 'here' || (await seal(cartId, record, hop)) !== undefined
      }
      const isSettled = await settle(cartId, hop, trace)
      copied.delete(cartId)
      return isSettled
    },
  }
}

/** One response in so many comes too late for this mover. */
const LATE = 3
const LATE_MS = 300

/** One in three copies is given up as timed out, and the cart can be changed at its old home again. */
function giveUpEarly(sleep: Sleep): Replace {
  return ({ place }, other) => {
    let copies = 0
    return {
      async place(state, hop) {
        const isPlaced = await place(state, hop)
        copies += 1
        if (copies % LATE !== 0) return isPlaced
        await sleep(LATE_MS)
        await other.place(state, hop + 1)
        throw new CartError('STORE_TIMEOUT')
      },
    }
  }
}

function withoutLists(store: MovableStore): MovableStore {
  const nothing = async () => ({ items: [], cursor: null })
  return { ...store, listCarts: nothing, listOrders: nothing }
}

/** Reads one cart, adds its lines to the other and deletes it: three steps in two databases. */
function mergeApart({ pair, events, ...options }: MovingOptions): CartStore['mergeCart'] {
  const { mergeCart } = openMovingStore({ pair, events, ...options })
  return async (cartId, merge, terms): Promise<Changed> => {
    const into = await bring(pair, cartId, undefined, { events })
    const from = await bring(pair, merge.fromCartId, undefined, { events })
    if (into.at === 'nowhere' || from.at === 'nowhere' || into.at === from.at)
      return mergeCart(cartId, merge, terms)
    const store = pair[from.at]
    const cart = await store.getCart(merge.fromCartId, { now: terms.now, consistency: 'strong' })
    const lines = cart.lines.map(({ productId, productName, unitPrice, quantity }) => {
      return { productId, productName, unitPrice, quantity }
    })
    const changed = await pair[into.at].addLines(cartId, lines, terms)
    await store.deleteCart(merge.fromCartId, { ...terms, key: undefined, ifVersion: undefined })
    return changed
  }
}

const REPEAT_MS = 400

/** Looks again for the carts that were copied, and copies those that are gone. */
function copyWhatIsMissing(sleep: Sleep): Replace {
  return ({ look, place }) => {
    const copies = new Map<string, CartState>()
    async function repeat(): Promise<void> {
      for (const [cartId, state] of copies) {
        const record = await look(cartId)
        const isGone = record.at === 'here' && record.state.deleted
        if (isGone) await place(state, record.hop + 1)
      }
    }
    async function keepRepeating(): Promise<void> {
      for (;;) {
        await sleep(REPEAT_MS)
        await repeat().catch(() => {})
      }
    }
    let isRepeating = false
    return {
      async place(state, hop) {
        const isPlaced = await place(state, hop)
        if (isPlaced && !state.deleted) copies.set(state.cartId, state)
        if (!isRepeating) void keepRepeating()
        isRepeating = true
        return isPlaced
      },
    }
  }
}
