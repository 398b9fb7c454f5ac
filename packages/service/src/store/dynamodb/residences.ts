import { isVisible } from '../../cart/cart.ts'
import { parseCartId } from '../../cart/ids.ts'
import { NOTHING_KNOWN, type Residence } from '../../cart/residence.ts'
import type { CartState } from '../../cart/rules.ts'
import { LIST_START } from '../cursor.ts'
import type { MoveUnits, Residences } from '../residences.ts'
import { type Item, number, textIn } from './attributes.ts'
import { BATCH_KEYS, batchGet } from './batch-get.ts'
import type { Client } from './client.ts'
import { positionKey } from './item.ts'
import {
  arrivedItem,
  claimedItem,
  hopIn,
  recordOf,
  sameRecord,
  sealUpdate,
  settleUpdate,
} from './item-residence.ts'
import { itemSize, writeUnits } from './item-size.ts'
import { readItem } from './items.ts'
import { queryIndex } from './lists.ts'
import { pendingInto } from './merge-updates.ts'
import { openControl } from './move-control.ts'
import { missingRights } from './move-rights.ts'
import { isMade, passingMerges } from './pending.ts'
import { whileContended } from './retry.ts'
import { untilAnswered } from './send.ts'
import { CUSTOMER_CARTS } from './table.ts'

/** 400 KB per item, less what a seal adds and a little room for the shopper. */
const MAX_SIZE = 400 * 1024 - 4096

/** The records of carts that move (`item-residence.ts`). */
export function openResidences(client: Client): Residences {
  /** The item of a cart that is not frozen for a merge. */
  async function readSettled(cartId: string): Promise<Item | undefined> {
    const passesMerges = passingMerges(client)
    const { item } = await whileContended(async () => {
      const item = await readItem(client, cartId)
      return (await passesMerges(item)) ? { item } : undefined
    }, client.events)
    return item
  }

  async function look(cartId: string): Promise<Residence> {
    const item = await readSettled(cartId)
    return item === undefined ? NOTHING_KNOWN : recordOf(item)
  }

  /**
   * Puts an item in place of another one, as long as `next` returns one.
   *
   * @returns the item that is there now, and whether it was put there
   */
  async function put(
    cartId: string,
    next: (before: Item | undefined) => Item | undefined,
  ): Promise<{ readonly done: boolean; readonly item: Item | undefined }> {
    let seen: Item | undefined
    return whileContended(async () => {
      const item = next(seen)
      if (item === undefined) return { done: false, item: seen }
      const { when, values } = sameRecord(seen)
      const input = {
        TableName: client.tableName,
        Item: item,
        ConditionExpression: when.join(' AND '),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: { ...values } }),
      }
      const outcome = await untilAnswered(client, true, () => client.request('PutItem', input))
      if (outcome.made) return { done: true, item }
      seen = await readSettled(cartId)
      return undefined
    }, client.events)
  }

  return {
    look,
    async seal(cartId, seen, hop) {
      if (seen.at !== 'here' || hop <= seen.hop) return undefined
      const { state } = seen
      const isSealed = await isMade(client, cartId, sealUpdate(state, seen.hop, hop))
      return isSealed ? { at: 'sealed', hop, state } : undefined
    },
    async place(state, hop) {
      const { done } = await put(state.cartId, (before) => {
        const known = before === undefined ? 0 : hopIn(before)
        const isForeign = before !== undefined && known === 0
        return isForeign || hop <= known ? undefined : arrivedItem(state, hop, before)
      })
      return done
    },
    settle: (cartId, hop, trace) => isMade(client, cartId, settleUpdate(hop, trace)),
    async create(state, hop, now) {
      const { done } = await put(state.cartId, (before) => {
        const free = freeHop(before, now)
        if (free !== undefined) return arrivedItem(state, Math.max(hop, free), before)
        const isEarlier = before?.move_state?.S === 'away' && hop > hopIn(before)
        return isEarlier ? arrivedItem(state, hop, before) : undefined
      })
      return done
    },
    async claim(state, hop, now) {
      const { item } = await put(state.cartId, (before) => {
        const free = freeHop(before, now)
        if (free !== undefined) return claimedItem(state, Math.max(hop, free), before)
        const isEarlier = before?.move_state?.S === 'away' && hop > hopIn(before)
        return isEarlier ? { ...before, move_hop: number(hop) } : undefined
      })
      return item === undefined ? NOTHING_KNOWN : recordOf(item)
    },
    async release(cartId, hop) {
      const input = {
        TableName: client.tableName,
        Key: { cart_id: { S: cartId } },
        ConditionExpression: 'move_state = :away AND move_hop = :hop',
        ExpressionAttributeValues: { ':away': { S: 'away' }, ':hop': number(hop) },
      }
      await untilAnswered(client, true, () => client.request('DeleteItem', input))
    },
    async sealedOf(customerKey) {
      const sealed: string[] = []
      let before = positionKey(LIST_START)
      for (let more = true; more; ) {
        const range = { index: CUSTOMER_CARTS, sortKey: 'cart_key', before, want: BATCH_KEYS }
        const { keys } = await queryIndex(client, customerKey, range)
        const items = await batchGet(client, keys.map(cartIdOf))
        for (const [cartId, item] of items) if (item.sealed !== undefined) sealed.push(cartId)
        before = keys.at(-1) ?? before
        more = keys.length === BATCH_KEYS
      }
      return sealed
    },
    async scan({ after, limit }) {
      const input = {
        TableName: client.tableName,
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: { cart_id: { S: after } } }),
      }
      const { Items, LastEvaluatedKey } = await client.resend(() => client.request('Scan', input), {
        repeatable: true,
      })
      const records: { cartId: string; record: Residence }[] = []
      for (const item of (Items ?? []).map(client.complete)) {
        const cartId = textIn(item, 'cart_id')
        // The table's own items have other ids.
        if (parseCartId(cartId) !== cartId) continue
        const record = pendingInto(item) === undefined ? recordOf(item) : await look(cartId)
        records.push({ cartId, record })
      }
      return { records, next: LastEvaluatedKey && textIn(LastEvaluatedKey, 'cart_id') }
    },
    sizeOf,
    maxSize: MAX_SIZE,
    unitsOf: moveUnits,
    identity: async () => `dynamodb ${client.tableId}`,
    missingRights: (role) => missingRights(client, role),
    control: openControl(client),
  }
}

function sizeOf(state: CartState): number {
  return itemSize(arrivedItem(state, 1, {}))
}

/** An arrival also writes an entry of one unit into each index; a seal and a trace leave these as they are. */
function moveUnits(state: CartState): MoveUnits {
  const sealed = { ...arrivedItem(state, 1, {}), ...SEAL }
  return {
    arrival: writeUnits(sizeOf(state)) + (state.orderedAt === null ? 1 : 2),
    departure: 2 * writeUnits(itemSize(sealed)),
  }
}

/** What a seal adds to an item; the attributes that it replaces only move. */
const SEAL: Item = { move_state: { S: 'sealed' }, sealed: { M: {} } }

function cartIdOf(key: string): string {
  return key.split('#')[1] ?? ''
}

/** The hop of an item in whose place a cart can be created: there is none, or its cart has expired. */
function freeHop(before: Item | undefined, now: number): number | undefined {
  if (before === undefined) return 0
  const record = recordOf(before)
  return record.at === 'here' && !isVisible(record.state, now) ? record.hop : undefined
}
