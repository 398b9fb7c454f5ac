import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Currency } from '../../cart/money.ts'
import type { Item } from './attributes.ts'
import { isNamed } from './errors.ts'
import { currencyAttributes, currencyIn } from './item-currency.ts'

/** During a move the currency has other names, so that no instance of the release before starts (`move-control.ts`). */
function unfenced(item: Item): Item {
  const { fenced_currency: currency, fenced_digits: minor_digits } = item
  return currency === undefined || minor_digits === undefined
    ? item
    : { ...item, currency, minor_digits }
}

/** The key of the table's own item. No cart has it, because it is not a UUID. */
export const TABLE_ITEM = 'pushcart-table'

/**
 * The currency of carts whose item has none: they are of releases that did not record it. The first start of this release
 * writes `wanted` into the table, and every later start reads it there, so that a change of `CURRENCY` does not change an
 * old order. Several instances may start concurrently.
 */
export async function legacyCurrencyOf(
  sdk: DynamoDBClient,
  tableName: string,
  wanted: Currency,
): Promise<Currency> {
  const Key = { cart_id: { S: TABLE_ITEM } }
  const read = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true })
  const { Item: known } = await sdk.send(read)
  if (known !== undefined) return currencyIn(unfenced(known))
  try {
    await sdk.send(
      new PutItemCommand({
        TableName: tableName,
        Item: { ...Key, ...currencyAttributes(wanted) },
        ConditionExpression: 'attribute_not_exists(cart_id)',
      }),
    )
    return wanted
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error
    // Another instance was first.
    const { Item } = await sdk.send(read)
    return Item === undefined ? wanted : currencyIn(Item)
  }
}
