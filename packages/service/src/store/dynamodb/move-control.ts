import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { MoveControl, MoveRecord } from '../residences.ts'
import { type Item, number, numberIn, textIn } from './attributes.ts'
import type { Client } from './client.ts'
import { TABLE_ITEM } from './legacy-currency.ts'
import { untilAnswered } from './send.ts'

/** Keys of the table's own items. No cart has them, because they are not UUIDs. */
const MOVE_ITEM = 'pushcart-move'
const MEMBERS_ITEM = 'pushcart-members'

/**
 * The record of a move is one item, and all instances are another one, so that the instances are read and changed atomically.
 *
 *     pushcart-move     epoch N, move_record S   the record as JSON
 *     pushcart-members  members M                { <id>: { renewals, epoch } }
 */
export function openControl(client: Client): MoveControl {
  const { tableName: TableName } = client

  async function read(cartId: string): Promise<Item | undefined> {
    const input = { TableName, Key: { cart_id: { S: cartId } }, ConsistentRead: true }
    const { Item } = await client.resend(() => client.request('GetItem', input), {
      repeatable: true,
    })
    return Item
  }

  /** @returns whether the condition was met */
  async function update(
    cartId: string,
    UpdateExpression: string,
    ConditionExpression: string,
    values: Record<string, AttributeValue>,
    names: Record<string, string> = {},
  ): Promise<boolean> {
    const input = {
      TableName,
      Key: { cart_id: { S: cartId } },
      UpdateExpression,
      ConditionExpression,
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    }
    const outcome = await untilAnswered(client, true, () => client.request('UpdateItem', input))
    return outcome.made !== undefined
  }

  return {
    async read() {
      const item = await read(MOVE_ITEM)
      return item && (JSON.parse(textIn(item, 'move_record')) as MoveRecord)
    },
    async write(record, epoch) {
      const values = {
        ':epoch': number(record.epoch),
        ':record': { S: JSON.stringify(record) },
        ...(epoch !== undefined && { ':seen': number(epoch) }),
      }
      const when = epoch === undefined ? 'attribute_not_exists(cart_id)' : 'epoch = :seen'
      if (await update(MOVE_ITEM, 'SET epoch = :epoch, move_record = :record', when, values))
        return true
      // The response to a first copy may have been lost.
      const item = await read(MOVE_ITEM)
      return item !== undefined && textIn(item, 'move_record') === JSON.stringify(record)
    },
    async renew({ id, renewals, epoch }) {
      const values = { ':member': { M: { renewals: number(renewals), epoch: number(epoch) } } }
      const set = 'SET members.#id = :member'
      const isThere = 'attribute_exists(members)'
      if (await update(MEMBERS_ITEM, set, isThere, values, { '#id': id })) return
      const none = { ':none': { M: {} } }
      await update(MEMBERS_ITEM, 'SET members = :none', 'attribute_not_exists(members)', none)
      await update(MEMBERS_ITEM, set, isThere, values, { '#id': id })
    },
    async remove(id, renewals) {
      const isSame = renewals === undefined ? '' : ' AND members.#id.renewals = :renewals'
      const values = renewals === undefined ? {} : { ':renewals': number(renewals) }
      const when = `attribute_exists(members.#id)${isSame}`
      await update(MEMBERS_ITEM, 'REMOVE members.#id', when, values, { '#id': id })
    },
    async members() {
      const item = await read(MEMBERS_ITEM)
      return Object.entries(item?.members?.M ?? {}).map(([id, { M: member = {} }]) => ({
        id,
        renewals: numberIn(member, 'renewals'),
        epoch: numberIn(member, 'epoch'),
      }))
    },
    // An instance of the release before does not start without the currency in this item.
    async fence() {
      await update(
        TABLE_ITEM,
        'SET fenced_currency = currency, fenced_digits = minor_digits REMOVE currency, minor_digits',
        'attribute_exists(currency)',
        {},
      )
    },
    async unfence() {
      await update(
        TABLE_ITEM,
        'SET currency = fenced_currency, minor_digits = fenced_digits REMOVE fenced_currency, fenced_digits',
        'attribute_exists(fenced_currency)',
        {},
      )
    },
  }
}
