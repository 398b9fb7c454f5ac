import { idKey } from '../../cart/ids.ts'
import type { Residence, Trace } from '../../cart/residence.ts'
import type { CartState } from '../../cart/rules.ts'
import { countIn, type Item, mapIn, number, numberIn, textIn, without } from './attributes.ts'
import { itemOf, positionKey, stateOf } from './item.ts'
import type { Update } from './updates.ts'

/**
 * The record of a cart that moves, in its item (`cart/residence.ts`, `docs/moving.md`).
 *
 *     move_hop N                  hop of the record; absent while the cart has never moved
 *     move_state S                sealed or away; absent while the cart is here
 *     sealed M                    of a sealed cart: { version, status, expires_at }, which the item itself lacks
 *     left M                      of a cart that is away: { version, digest, expires_at }; absent where the id is only taken
 *
 * Every condition and every read of the releases before needs `version`, `status` or `expires_at`, so they can neither change
 * such an item nor take it for a cart. It stays in the indexes, so that their lists fail instead of leaving the cart out; and it
 * keeps `thaws`, `merge_fence`, `absorbed` and `created_at`, on which the proof in `merge.ts` rests. TTL does not remove it.
 */
export function isRecord(item: Item): boolean {
  return item.move_state !== undefined
}

export function hopIn(item: Item): number {
  return countIn(item, 'move_hop')
}

/** The record in an item that is not frozen for a merge. */
export function recordOf(item: Item): Residence {
  const hop = hopIn(item)
  switch (item.move_state?.S) {
    case undefined:
      return { at: 'here', hop, state: stateOf(item) }
    case 'sealed':
      return { at: 'sealed', hop, state: stateOf(unsealed(item)) }
    default:
      return {
        at: 'away',
        hop,
        trace: item.left === undefined ? null : traceIn(mapIn(item, 'left')),
      }
  }
}

function unsealed(item: Item): Item {
  return { ...without(item, 'move_state', 'sealed'), ...mapIn(item, 'sealed') }
}

function traceIn(left: Item): Trace {
  return {
    version: numberIn(left, 'version'),
    digest: textIn(left, 'digest'),
    expiresAt: left.expires_at === undefined ? null : numberIn(left, 'expires_at') * 1000,
  }
}

/** Seals the cart that was read as `state` at the hop `seen`. The update requires that no merge has frozen it. */
export function sealUpdate(state: CartState, seen: number, hop: number): Update {
  const { version, status, expires_at } = itemOf(state)
  const wasThere = sameHop(seen)
  return {
    set: ['move_state = :sealed', 'move_hop = :hop', 'sealed = :content'],
    remove: ['version', '#status', 'expires_at'],
    when: [
      'version = :seen',
      'created_at = :made',
      'attribute_not_exists(merge_term)',
      ...wasThere.when,
    ],
    names: { '#status': 'status' },
    values: {
      ':sealed': { S: 'sealed' },
      ':hop': number(hop),
      ':seen': number(state.version),
      ':made': number(state.createdAt),
      ':content': {
        M: {
          ...(version !== undefined && { version }),
          ...(status !== undefined && { status }),
          ...(expires_at !== undefined && { expires_at }),
        },
      },
      ...wasThere.values,
    },
  }
}

/** The attributes of a cart that a trace does not need. */
const CONTENT = [
  'sealed',
  'qty',
  'line',
  'changed',
  'units',
  'key_version',
  'key_info',
  'updated_at',
  'ordered_at',
  'merged_into',
]

export function settleUpdate(hop: number, { version, digest, expiresAt }: Trace): Update {
  return {
    set: ['move_state = :away', '#left = :left'],
    remove: CONTENT.map((name) => `#${name}`),
    when: ['move_state = :sealed', 'move_hop = :hop'],
    names: { '#left': 'left', ...Object.fromEntries(CONTENT.map((name) => [`#${name}`, name])) },
    values: {
      ':away': { S: 'away' },
      ':sealed': { S: 'sealed' },
      ':hop': number(hop),
      ':left': {
        M: {
          version: number(version),
          digest: { S: digest },
          ...(expiresAt !== null && { expires_at: number(expiresAt / 1000) }),
        },
      },
    },
  }
}

/**
 * The item of a cart that is put here at that hop, in place of the item `before`. Its counters go on: a late step of a merge,
 * or a late change, that an earlier stay of the cart in this table allowed must not find them as they were.
 */
export function arrivedItem(state: CartState, hop: number, before: Item | undefined): Item {
  return {
    ...itemOf(state),
    ...(hop > 0 && { move_hop: number(hop) }),
    ...(before !== undefined && counters(before)),
  }
}

/** The item of an id that is taken by a cart in the other database. */
export function claimedItem(state: CartState, hop: number, before: Item | undefined): Item {
  const { cartId, customerId, createdAt } = state
  return {
    cart_id: { S: cartId },
    customer_id: { S: idKey(customerId) },
    cart_key: { S: positionKey({ at: createdAt, cartId }) },
    created_at: number(createdAt),
    move_state: { S: 'away' },
    move_hop: number(hop),
    ...(before !== undefined && counters(before)),
  }
}

function counters(before: Item): Item {
  return {
    thaws: number(countIn(before, 'thaws') + 1),
    merge_fence: number(countIn(before, 'merge_fence') + 1),
  }
}

type Condition = Pick<Update, 'when' | 'values'>

function sameHop(hop: number): Condition {
  if (hop === 0) return { when: ['attribute_not_exists(move_hop)'], values: {} }
  return { when: ['move_hop = :seen_hop'], values: { ':seen_hop': number(hop) } }
}

/** That the item is still the one that was read: a record by its hop, a cart also by its version. */
export function sameRecord(seen: Item | undefined): Condition {
  if (seen === undefined) return { when: ['attribute_not_exists(cart_id)'], values: {} }
  const wasThere = sameHop(hopIn(seen))
  const fence = countIn(seen, 'merge_fence')
  const same: Record<string, Item[string]> = {
    ...(seen.version !== undefined && { version: seen.version }),
    ...(seen.move_state !== undefined && { move_state: seen.move_state }),
    ...(seen.created_at !== undefined && { created_at: seen.created_at }),
    ...(fence > 0 && { merge_fence: number(fence) }),
  }
  return {
    when: [
      ...wasThere.when,
      ...Object.keys(same).map((name) => `${name} = :same_${name}`),
      ...(fence === 0 ? ['attribute_not_exists(merge_fence)'] : []),
    ],
    values: {
      ...wasThere.values,
      ...Object.fromEntries(Object.entries(same).map(([name, value]) => [`:same_${name}`, value])),
    },
  }
}
