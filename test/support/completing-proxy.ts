import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * An endpoint in front of an emulator that supplies what DynamoDB does and the emulator leaves out, so that tests take the path
 * that a store takes on AWS:
 *
 * - the item that did not meet a condition (`ReturnValuesOnConditionCheckFailure`),
 * - the write units of index entries,
 * - the operations of time to live.
 *
 * Whatever the emulator does itself is left as it is. Writes of one item pass one after another, so that the item that is
 * returned is the one that did not meet the condition.
 */
export interface CompletingProxy {
  readonly endpoint: string
  close(): Promise<void>
}

type Item = Readonly<Record<string, unknown>>

interface Input {
  readonly TableName: string
  readonly Key?: Item
  readonly Item?: Item
  readonly ReturnConsumedCapacity?: string
  readonly ReturnValuesOnConditionCheckFailure?: string
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean }
}

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** The attributes of the keys of a table, and of each of its indexes with those of the table. */
interface Keys {
  readonly table: readonly string[]
  readonly indexes: readonly (readonly string[])[]
}

export async function startCompletingProxy(target: string): Promise<CompletingProxy> {
  const keysOfTables = new Map<string, Promise<Keys>>()
  const timesToLive = new Map<string, string>()
  const writes = new Map<string, Promise<unknown>>()

  async function reply(request: IncomingMessage): Promise<Reply> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const input: Input = JSON.parse(await text(request))
    const send = <T extends object>(name: string, body: T) => forward(request, name, body)
    if (/^(Update|Put|Delete)Item$/.test(operation)) return write(operation, input, send)
    if (operation === 'DescribeTimeToLive' && timesToLive.has(input.TableName))
      return timeToLive(input)
    const found = await send(operation, input)
    const isUnknown = /UnknownOperation/.test(String(found.body.__type))
    return isUnknown && operation === 'UpdateTimeToLive' ? timeToLive(input) : found
  }

  async function forward(
    request: IncomingMessage,
    operation: string,
    body: object,
  ): Promise<Reply> {
    const {
      host: _host,
      connection: _connection,
      'content-length': _length,
      ...headers
    } = request.headers
    const response = await fetch(target, {
      method: 'POST',
      headers: {
        ...(headers as Record<string, string>),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Reply['body'] }
  }

  type Send = (operation: string, body: object) => Promise<Reply>

  /** Executes a write after the earlier writes of its item. */
  async function write(operation: string, input: Input, send: Send): Promise<Reply> {
    const keys = await keysOf(input.TableName, send)
    const source = input.Key ?? input.Item ?? {}
    const Key = Object.fromEntries(keys.table.map((name) => [name, source[name]]))
    const id = JSON.stringify([input.TableName, Key])
    const writing = (writes.get(id) ?? Promise.resolve()).then(async () => {
      const read = async () => {
        const { body } = await send('GetItem', {
          TableName: input.TableName,
          Key,
          ConsistentRead: true,
        })
        return body.Item as Item | undefined
      }
      const before = await read()
      const made = await send(operation, input)
      return complete(input, made, before, read, keys)
    })
    writes.set(
      id,
      writing.catch(() => {}),
    )
    return writing
  }

  function keysOf(tableName: string, send: Send): Promise<Keys> {
    const known = keysOfTables.get(tableName) ?? readKeys(tableName, send)
    keysOfTables.set(tableName, known)
    return known
  }

  function timeToLive({ TableName, TimeToLiveSpecification: wanted }: Input): Reply {
    const AttributeName = timesToLive.get(TableName)
    if (wanted === undefined)
      return {
        status: 200,
        body: { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName } },
      }
    if (AttributeName !== undefined)
      return {
        status: 400,
        body: {
          __type: 'com.amazon.coral.validate#ValidationException',
          message: 'TimeToLive is already enabled',
        },
      }
    timesToLive.set(TableName, wanted.AttributeName)
    return { status: 200, body: { TimeToLiveSpecification: wanted } }
  }

  const server = createServer(async (request, response) => {
    try {
      const { status, body } = await reply(request)
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify(body))
    } catch {
      request.socket.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function readKeys(
  TableName: string,
  send: (operation: string, body: object) => Promise<Reply>,
): Promise<Keys> {
  const { body } = await send('DescribeTable', { TableName })
  type Schema = readonly { readonly AttributeName: string }[]
  const { Table } = body as {
    Table?: { KeySchema: Schema; GlobalSecondaryIndexes?: readonly { KeySchema: Schema }[] }
  }
  const names = (schema: Schema = []) => schema.map((key) => key.AttributeName)
  const table = names(Table?.KeySchema)
  const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(({ KeySchema }) => [
    ...new Set([...names(KeySchema), ...table]),
  ])
  return { table, indexes }
}

async function complete(
  input: Input,
  made: Reply,
  before: Item | undefined,
  read: () => Promise<Item | undefined>,
  { indexes }: Keys,
): Promise<Reply> {
  const { status, body } = made
  const refused = /ConditionalCheckFailed/.test(String(body.__type))
  if (refused && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && body.Item === undefined)
    return before === undefined ? made : { status, body: { ...body, Item: before } }
  const consumed = body.ConsumedCapacity as { CapacityUnits: number } | undefined
  if (status !== 200 || consumed === undefined) return made
  const after = await read()
  const entries = indexes.map((names) => changesOf(entryOf(before, names), entryOf(after, names)))
  const CapacityUnits = consumed.CapacityUnits + entries.reduce((sum, each) => sum + each, 0)
  return { status, body: { ...body, ConsumedCapacity: { ...consumed, CapacityUnits } } }
}

/** The entry of an item in an index of keys only; `undefined` if it has none. */
function entryOf(item: Item | undefined, names: readonly string[]): string | undefined {
  const values = names.map((name) => item?.[name])
  return values.includes(undefined) ? undefined : JSON.stringify(values)
}

/** A changed entry is removed and written, one unit each. */
function changesOf(before: string | undefined, after: string | undefined): number {
  if (before === after) return 0
  return (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1)
}
