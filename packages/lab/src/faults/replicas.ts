import { isDeepStrictEqual } from 'node:util'
import type { Faults } from './faults.ts'

/** The JSON of a DynamoDB request or response. */
export type Body = Readonly<Record<string, unknown>>
type Item = Readonly<Record<string, unknown>>

export type Headers = Readonly<Record<string, string>>

/** A response of the endpoint behind the proxy. */
export interface Forwarded {
  readonly status: number
  readonly body: Buffer
}

export interface ReplicaOptions {
  /** Lag of each replica, milliseconds; a random one serves each eventual read. Without any, reads are not changed. */
  readonly lagsMs?: readonly number[] | undefined
  /** Lag of the indexes, milliseconds. */
  readonly indexLagMs?: number | undefined
  /** When copies began to lag, `undefined` while they do not; they always lag unless given. */
  readonly lagsSince?: (() => number | undefined) | undefined
}

/** The versions of items written through the proxy, as seen by each replica. */
export interface Replicas {
  /** Executes a write, serialized per item, and keeps the resulting item. */
  write(
    operation: string,
    input: Body,
    headers: Headers,
    make: () => Promise<Forwarded>,
  ): Promise<Forwarded>
  /** The request to forward: a query of an index requests more items than needed, since some will be held back. */
  ease(operation: string, input: Body): Body
  /** The response of a replica; `undefined` to leave the response unchanged. */
  read(operation: string, input: Body, headers: Headers, answer: Body): Promise<Body | undefined>
}

/** Sends a request to the endpoint behind the proxy. */
type Ask = (headers: Headers, operation: string, input: Body) => Promise<Body>

interface Copy {
  /** When it was written, milliseconds. */
  readonly at: number
  /** `undefined` if there was no item. */
  readonly item: Item | undefined
}

interface Schema {
  readonly table: readonly string[]
  readonly indexes: ReadonlyMap<string, readonly string[]>
}

/** Maximum entries held back from one query of an index: those that one customer wrote within the lag. */
const HELD_BACK = 50

/** A read that has begun may still need a version that no copy shows any more. */
const SETTLING_MS = 1000

export function openReplicas(
  ask: Ask,
  { lagsMs = [], indexLagMs = 0, lagsSince = () => 0 }: ReplicaOptions,
  faults: Faults,
): Replicas {
  const copies = new Map<string, Copy[]>()
  const queues = new Map<string, Promise<unknown>>()
  const schemas = new Map<string, Schema>()
  const longest = Math.max(0, indexLagMs, ...lagsMs)
  const { stream } = faults.plan
  let since: number | undefined

  /** What was written while copies did not lag is not known to them, so each time they begin anew. */
  function isLagging(): boolean {
    const now = lagsSince()
    if (now !== since) copies.clear()
    since = now
    return now !== undefined
  }

  const isOff = () => longest === 0 || !isLagging()
  const servesCopies = () => lagsMs.length > 0 && isLagging()

  async function schemaOf(table: string, headers: Headers): Promise<Schema> {
    const known = schemas.get(table)
    if (known !== undefined) return known
    const { Table } = (await ask(headers, 'DescribeTable', { TableName: table })) as {
      Table: {
        KeySchema: readonly KeyElement[]
        GlobalSecondaryIndexes?: readonly { IndexName: string; KeySchema: readonly KeyElement[] }[]
      }
    }
    const names = (elements: readonly KeyElement[]) => elements.map((each) => each.AttributeName)
    const indexes = (Table.GlobalSecondaryIndexes ?? []).map(
      ({ IndexName, KeySchema }) => [IndexName, names(KeySchema)] as const,
    )
    const schema = { table: names(Table.KeySchema), indexes: new Map(indexes) }
    schemas.set(table, schema)
    return schema
  }

  /** Serializes work per item. */
  function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (queues.get(name) ?? Promise.resolve()).then(work, work)
    const settled = result.catch(() => {})
    queues.set(name, settled)
    settled
      .then(() => {
        if (queues.get(name) === settled) queues.delete(name)
      })
      .catch(() => {})
    return result
  }

  /** Drops items that every copy has by now, from the one that was written longest ago. */
  function keepLast(written: string, versions: Copy[]): void {
    copies.delete(written)
    copies.set(written, versions)
    for (const [name, known] of copies) {
      if (!isSettled(known, longest)) return
      copies.delete(name)
    }
  }

  /** The version on a replica that lags by `lag`; `undefined` if the item was never written through this proxy. */
  function lagging(name: string, lag: number): Copy | undefined {
    const known = copies.get(name)
    return known?.findLast(({ at }) => at <= performance.now() - lag) ?? known?.[0]
  }

  function drawLag(): number {
    return faults.running() ? (lagsMs[stream.integer(0, lagsMs.length - 1)] ?? 0) : 0
  }

  /** The item as seen by a replica, or else the current item. */
  function seenBy(name: string, lag: number, current: Item | undefined): Item | undefined {
    const copy = lagging(name, lag)
    if (copy === undefined) return current
    if (!isDeepStrictEqual(copy.item, current)) faults.note('replica_lag', faults.now())
    return copy.item
  }

  function getItem({ TableName, Key }: Body, answer: Body): Body {
    const name = nameOf(String(TableName), Key as Item)
    const { Item: current, ...rest } = answer
    const item = seenBy(name, drawLag(), current as Item | undefined)
    return item === undefined ? rest : { ...rest, Item: item }
  }

  function batchGetItem({ RequestItems }: Body, answer: Body): Body {
    const requested = Object.entries(RequestItems as Record<string, Requested>)
    const responses = { ...(answer.Responses as Record<string, readonly Item[]>) }
    const unprocessed = answer.UnprocessedKeys as Record<string, Requested> | undefined
    for (const [table, { Keys, ConsistentRead }] of requested) {
      if (ConsistentRead === true) continue
      const left = unprocessed?.[table]?.Keys ?? []
      const lag = drawLag()
      responses[table] = Keys.filter(
        (key) => !left.some((other) => isDeepStrictEqual(other, key)),
      ).flatMap((key) => {
        const current = responses[table]?.find((item) => hasKey(item, key))
        const item = seenBy(nameOf(table, key), lag, current)
        return item === undefined ? [] : [item]
      })
    }
    return { ...answer, Responses: responses }
  }

  async function query(input: Body, headers: Headers, answer: Body): Promise<Body> {
    const table = String(input.TableName)
    const schema = await schemaOf(table, headers)
    const keys = schema.indexes.get(String(input.IndexName)) ?? []
    const lag = faults.running() ? indexLagMs : 0
    const all = answer.Items as readonly Item[]
    const there = all.filter((entry) => {
      const copy = lagging(nameOf(table, pick(entry, schema.table)), lag)
      return (
        copy === undefined ||
        (copy.item !== undefined && keys.every((key) => key in (copy.item ?? {})))
      )
    })
    if (there.length < all.length) faults.note('index_lag', faults.now())
    const limit = Number(input.Limit)
    const shown = there.slice(0, limit)
    const last = shown.at(-1)
    const { LastEvaluatedKey: before, ...rest } = answer
    const cut = last !== undefined && there.length > limit
    const next = cut ? pick(last, [...schema.table, ...keys]) : before
    const found = { ...rest, Items: shown, Count: shown.length, ScannedCount: shown.length }
    return next === undefined ? found : { ...found, LastEvaluatedKey: next }
  }

  const lagsIndex = ({ IndexName, Limit }: Body) =>
    indexLagMs > 0 && IndexName !== undefined && typeof Limit === 'number'

  return {
    async write(operation, input, headers, make) {
      if (isOff()) return make()
      const table = String(input.TableName)
      const { table: names } = await schemaOf(table, headers)
      const key = (operation === 'PutItem' ? pick(input.Item as Item, names) : input.Key) as Item
      const name = nameOf(table, key)
      const look = async () => {
        const wanted = { TableName: table, Key: key, ConsistentRead: true }
        return (await ask(headers, 'GetItem', wanted)).Item as Item | undefined
      }
      return alone(name, async () => {
        const known = copies.get(name) ?? [{ at: Number.NEGATIVE_INFINITY, item: await look() }]
        copies.set(name, known)
        const answer = await make()
        // What a put has written is known without reading it.
        const put = operation === 'PutItem' ? (input.Item as Item) : undefined
        if (answer.status === 200)
          known.push({ at: performance.now(), item: put ?? (await look()) })
        forget(known, longest)
        keepLast(name, known)
        return answer
      })
    },
    ease(operation, input) {
      if (isOff() || operation !== 'Query' || !lagsIndex(input)) return input
      return { ...input, Limit: Number(input.Limit) + HELD_BACK }
    },
    async read(operation, input, headers, answer) {
      // Also when the lag is over: the query may have been eased before.
      if (operation === 'Query') return lagsIndex(input) ? query(input, headers, answer) : undefined
      if (!servesCopies()) return undefined
      // A projection would have to be applied to the copy.
      if (operation === 'GetItem')
        return input.ConsistentRead === true || input.ProjectionExpression !== undefined
          ? undefined
          : getItem(input, answer)
      return operation === 'BatchGetItem' ? batchGetItem(input, answer) : undefined
    },
  }
}

interface KeyElement {
  readonly AttributeName: string
}

interface Requested {
  readonly Keys: readonly Item[]
  readonly ConsistentRead?: boolean
}

/** Drops versions that no replica shows any more. */
function forget(known: Copy[], longestMs: number): void {
  const newest = known.findLastIndex(({ at }) => at < performance.now() - longestMs - SETTLING_MS)
  if (newest > 0) known.splice(0, newest)
}

function isSettled(known: readonly Copy[], longestMs: number): boolean {
  return (known.at(-1)?.at ?? 0) < performance.now() - longestMs - SETTLING_MS
}

function nameOf(table: string, key: Item): string {
  const names = Object.keys(key).sort()
  return JSON.stringify([table, ...names.map((name) => key[name])])
}

function hasKey(item: Item, key: Item): boolean {
  return Object.entries(key).every(([name, value]) => isDeepStrictEqual(item[name], value))
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, item[name]]))
}
