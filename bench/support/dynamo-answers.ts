import { cartItem, type Item, tableDescription } from './dynamo-items.ts'

/** Serves the operations that a cart service needs from memory. Conditions are not evaluated: they hold. */
export interface DynamoAnswers {
  /** @returns the response as JSON; `undefined` for an unsupported operation */
  answer(operation: string, input: Input): string | undefined
}

/** The fields of a request that are read. */
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
  // Items as JSON, built on first read and dropped on change, so that reads cost almost nothing.
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

  /** Every update is a change of the cart, so it increases the version by one. */
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
    /** Not a field of DynamoDB: the number of updates. */
    CountUpdates: () => JSON.stringify({ updates }),
  }
  return { answer: (operation, input) => operations[operation]?.(input) }
}
