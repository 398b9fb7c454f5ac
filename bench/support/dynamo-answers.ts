import { cartItem, type Item, tableDescription } from './dynamo-items.ts'

/** Answers the operations that a cart service needs from memory. Conditions are not looked at: they hold. */
export interface DynamoAnswers {
  /** @returns the answer as JSON; `undefined` for an operation that is not known here */
  answer(operation: string, input: Input): string | undefined
}

/** The fields of a request that are looked at. */
export interface Input {
  readonly TableName?: string
  readonly Key?: Item
  readonly Item?: Item
  readonly ExpressionAttributeValues?: Item
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>
}

/** @param carts numbered from 1, of `lines` lines each */
export function dynamoAnswers(carts: number, lines: number): DynamoAnswers {
  const items = new Map<string, Item>()
  // An item as JSON, made when first read and dropped when changed: reading must cost next to nothing.
  const texts = new Map<string, string>()
  for (let number = 1; number <= carts; number++) put(cartItem(number, lines))
  let updates = 0

  function put(item: Item): string {
    const id = item.cart_id?.S ?? ''
    items.set(id, item)
    texts.delete(id)
    return '{}'
  }

  function text(key: Item | undefined): string | undefined {
    const id = key?.cart_id?.S ?? ''
    const item = items.get(id)
    if (item === undefined) return undefined
    const known = texts.get(id) ?? JSON.stringify(item)
    texts.set(id, known)
    return known
  }

  /** Every update is a change of the cart, so it takes the version one further. */
  function update({ Key, ExpressionAttributeValues: values = {} }: Input): string {
    const id = Key?.cart_id?.S ?? ''
    const item = items.get(id)
    const sum = (name: string, by: number) => ({ N: `${Number(item?.[name]?.N ?? 0) + by}` })
    const set = {
      version: sum('version', 1),
      units: sum('units', Number(values[':units']?.N ?? 0)),
    }
    updates++
    put({ ...item, ...Key, ...set })
    return JSON.stringify({ Attributes: set })
  }

  function get({ Key }: Input): string {
    const item = text(Key)
    return item === undefined ? '{}' : `{"Item":${item}}`
  }

  function batchGet({ RequestItems = {} }: Input): string {
    const tables = Object.entries(RequestItems).map(([table, { Keys }]) => {
      const found = Keys.map(text).filter((item) => item !== undefined)
      return `${JSON.stringify(table)}:[${found.join(',')}]`
    })
    return `{"Responses":{${tables.join(',')}},"UnprocessedKeys":{}}`
  }

  const operations: Readonly<Record<string, (input: Input) => string>> = {
    GetItem: get,
    BatchGetItem: batchGet,
    UpdateItem: update,
    PutItem: ({ Item = {} }) => put(Item),
    Query: () => '{"Items":[],"Count":0,"ScannedCount":0}',
    DescribeTable: ({ TableName = '' }) => JSON.stringify({ Table: tableDescription(TableName) }),
    DescribeTimeToLive: () =>
      '{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"expires_at"}}',
    /** Not DynamoDB's: how many updates there were. */
    CountUpdates: () => JSON.stringify({ updates }),
  }
  return { answer: (operation, input) => operations[operation]?.(input) }
}
