import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import type { Item } from '../../../../service/src/store/dynamodb/attributes.ts'
import { DynamoFailure } from '../../../../service/src/store/dynamodb/failure.ts'
import { tableDefinition } from '../../../../service/src/store/dynamodb/table.ts'
import type { Operations } from '../../../../service/src/store/dynamodb/transport.ts'

export const TABLE = 'carts'

/** One region's table, in this process: dynalite without its HTTP server. */
export interface Table {
  /** Executes one request. Rejects as a transport does, if the table refuses it. */
  execute<O extends keyof Operations>(
    operation: O,
    input: Operations[O]['input'],
  ): Promise<Operations[O]['output']>
  read(key: string): Promise<Item | undefined>
  /** Replaces the item without conditions, as a copy from another region does. */
  put(item: Item): Promise<void>
}

interface Validations {
  checkTypes(data: object, types: unknown): object
  checkValidations(data: object, types: unknown, custom: unknown, store: unknown): void
}
interface Refusal {
  readonly statusCode?: number
  readonly body?: { readonly __type?: string; readonly message?: string; readonly Message?: string }
}

// dynalite exports its server only.
const load = createRequire(import.meta.url)
const { create } = load('dynalite/db') as { create(options: object): object }
const validations = load('dynalite/validations') as Validations

const ACTIONS = [
  'createTable',
  'describeTable',
  'getItem',
  'putItem',
  'updateItem',
  'query',
  'batchGetItem',
]
const actions = new Map(
  ACTIONS.map((name) => {
    const action = load(`dynalite/actions/${name}`) as (
      store: object,
      data: object,
      done: (error: unknown, output?: object) => void,
    ) => void
    const { types, custom } = load(`dynalite/validations/${name}`) as Record<string, unknown>
    return [name, { run: promisify(action), types, custom }] as const
  }),
)

export async function openTable(): Promise<Table> {
  const store = create({ createTableMs: 0 })

  async function call(operation: string, input: object): Promise<object> {
    const action = actions.get(operation.charAt(0).toLowerCase() + operation.slice(1))
    if (action === undefined) throw new Error(`the simulated table has no ${operation}`)
    // Neither changes what it was given.
    const data = validations.checkTypes(structuredClone(input), action.types)
    validations.checkValidations(data, action.types, action.custom, store)
    return ((await action.run(store, data)) ?? {}) as object
  }

  const read = async (key: string) => {
    const input = { TableName: TABLE, Key: { cart_id: { S: key } }, ConsistentRead: true }
    const { Item: item } = (await call('GetItem', input)) as { Item?: Item }
    return item
  }

  async function execute(operation: string, input: object): Promise<object> {
    try {
      return await call(operation, input)
    } catch (error) {
      const { statusCode, body } = error as Refusal
      if (statusCode === undefined) throw error
      const name = body?.__type?.split('#')[1] ?? 'unknown'
      const { Key, Item: put } = input as { Key?: Item; Item?: Item }
      const key = (Key ?? put)?.cart_id?.S
      // DynamoDB returns the item that did not meet the condition; dynalite does not.
      const isRefused = name === 'ConditionalCheckFailedException' && key !== undefined
      throw new DynamoFailure(body?.message ?? body?.Message ?? name, {
        name,
        httpStatusCode: statusCode,
        item: isRefused ? await read(key) : undefined,
      })
    }
  }

  await call('CreateTable', tableDefinition(TABLE))
  while (!JSON.stringify(await call('DescribeTable', { TableName: TABLE })).includes('"ACTIVE"'))
    await new Promise((resolve) => setImmediate(resolve))
  return {
    execute: execute as Table['execute'],
    read,
    async put(item) {
      await call('PutItem', { TableName: TABLE, Item: item })
    },
  }
}
