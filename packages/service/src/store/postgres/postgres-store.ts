import { type Cart, isOrder } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import { idKey, newCartId } from '../../cart/ids.ts'
import { type Currency, currencyOf } from '../../cart/money.ts'
import { attributesSet, checkedOutAs, type Rule, repriced } from '../../cart/rules.ts'
import type { LayoutName } from '../../config/config.ts'
import type { Changed, ChangeOptions } from '../cart-store.ts'
import {
  cartPosition,
  comparePositions,
  orderPosition,
  type Position,
  pageOf,
  startOf,
} from '../cursor.ts'
import { openInFlight } from '../in-flight.ts'
import type { MovableStore } from '../residences.ts'
import { NO_EVENTS, type StoreEvents } from '../store-events.ts'
import { coalesceAdds } from './adds.ts'
import { type Change, isIssuable, type SingleChange } from './changes.ts'
import { openPool } from './connection.ts'
import { type Connections, openConnections } from './connections.ts'
import { coalesceCreates } from './creates.ts'
import { type Database, openDatabase, type Statement } from './database.ts'
import { coalesceCarts, coalesceOwners } from './gets.ts'
import { makeJudged } from './judged-changes.ts'
import type { Layout } from './layout.ts'
import { layoutOf } from './layouts.ts'
import type { ConnectionOptions } from './options.ts'
import { openReplica, type Replica, type ReplicaOptions } from './replica.ts'
import { openResidences } from './residences.ts'
import { movingSearchPath } from './search-path.ts'
import { checkAtStart } from './start.ts'
import * as sql from './statements.ts'
import { openTurns, type TakeTurn } from './turns.ts'

export interface PostgresStoreOptions extends Omit<ConnectionOptions, 'readOnly'> {
  /** Where eventual reads of carts go: `DATABASE_READ_URL`. By default to the writer. */
  readonly readUrl?: string | undefined
  /** How the database keeps the lines of carts. Default `rows`. */
  readonly layout?: LayoutName | undefined
  /** Maximum expected queueing time of a coalesced operation, milliseconds; see `QueueBounds`. No bound by default. */
  readonly maxLikelyWaitMs?: number | undefined
  /** Create or migrate the schema first; several instances may do so concurrently. Default false. */
  readonly migrate?: boolean | undefined
  /** The currency of carts from releases that did not record it; used by `migrate` once. Default USD. */
  readonly legacyCurrency?: Currency | undefined
  /** Whether sessions find the tables of a move, which other sessions do not. Default false. */
  readonly moving?: boolean | undefined
  /** Receives retries, conflicts and pool use. */
  readonly events?: StoreEvents | undefined
}

const DEFAULT_LAYOUT: LayoutName = 'rows'

/**
 * A store on PostgreSQL. Every method is one statement: one round trip and one snapshot; in the document layout, changes other than
 * adds are two. Concurrent gets, creates and adds are coalesced.
 *
 * @throws ConfigError for invalid options, and when the database has carts in the other layout; CartError STORE_MISCONFIGURED (missing or unknown schema, refused password, unfit
 *         pooler), STORE_UNAVAILABLE (no response) or STORE_BUSY (no connection left)
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<MovableStore> {
  const { migrate = false, legacyCurrency = currencyOf('USD'), events } = options
  const layout = layoutOf(options.layout ?? DEFAULT_LAYOUT)
  const searchPath = options.moving === true ? await movingSearchPath(options) : undefined
  const opened = openPool({ ...options, searchPath })
  const { mode, statementTimeoutMs: maxWaitMs } = opened.session
  const connections = openConnections(opened, maxWaitMs)
  try {
    await checkAtStart(opened, connections, { migrate, legacyCurrency, layout: layout.name })
  } catch (error) {
    await connections.close()
    throw error
  }
  events?.poolOpened(connections.use)
  const queue = { maxWaitMs, maxLikelyWaitMs: options.maxLikelyWaitMs }
  const database = openDatabase(connections, { queue, named: mode !== 'role', events })
  // Never all connections for one cart.
  const perCart = Math.max(1, Math.min(layout.perCart, opened.poolSize - 1))
  const inTurn = openTurns({ perCart, maxWaitMs })
  const getCart = coalesceCarts(database, layout)
  const replica = replicaOf(options, { layout, events, fromWriter: getCart })
  return storeOn({ layout, database, connections, inTurn, events, getCart, replica })
}

function replicaOf(options: PostgresStoreOptions, parts: ReplicaOptions): Replica | undefined {
  // The sessions of a move see other tables than a replica has.
  if (options.readUrl === undefined || options.moving === true) return undefined
  return openReplica({ ...options, databaseUrl: options.readUrl }, parts)
}

interface Parts {
  readonly layout: Layout
  readonly database: Database
  readonly connections: Connections
  readonly inTurn: TakeTurn
  readonly events: StoreEvents | undefined
  /** A strong read. */
  readonly getCart: Replica['getCart']
  readonly replica: Replica | undefined
}

function storeOn({
  layout,
  database,
  connections,
  inTurn,
  events = NO_EVENTS,
  getCart,
  replica,
}: Parts): MovableStore {
  const { run, close } = openInFlight()
  const { reads } = layout
  const make = layout.openChanges(database, events)

  function single(what: SingleChange): Promise<Changed> {
    const { cartId, change } = what
    const cartIds = change.do === 'merge' ? [cartId, change.fromCartId] : [cartId]
    return inTurn(cartIds, () => make(what))
  }

  function change(cartId: string, what: Change, terms: ChangeOptions): Promise<Changed> {
    return run(async () => single({ cartId: issuable(cartId), change: what, terms }))
  }

  function judged(
    cartId: string,
    terms: ChangeOptions,
    rule: Rule,
    what: Parameters<typeof makeJudged>[3],
  ): Promise<Changed> {
    const read = async () => (await carts(reads.getCarts, [[issuable(cartId)]])).at(0)
    const make = (change: Change, at: ChangeOptions) => single({ cartId, change, terms: at })
    return run(() => makeJudged({ read, make }, terms, rule, what))
  }

  function replaceLines(cartId: string, rule: Rule, terms: ChangeOptions): Promise<Changed> {
    return judged(cartId, terms, rule, (lines) => ({ do: 'replace', lines }))
  }

  async function carts(statement: Statement, values: unknown[]): Promise<Cart[]> {
    return [...layout.cartsOf(await database.run(statement, values)).values()]
  }

  const create = coalesceCreates(database)
  const getEventually = replica?.getCart ?? getCart
  const getOwner = coalesceOwners(database)
  const add = coalesceAdds(database, layout, inTurn, ({ lines, ...each }) =>
    single({ ...each, change: { do: 'add', lines } }),
  )

  return {
    kind: 'postgres',
    layout: layout.name,
    createCart: (cart) => run(() => create(cart)),
    getCart: (cartId, { now, consistency }) =>
      run(() => {
        const get = consistency === 'strong' ? getCart : getEventually
        return get({ cartId: issuable(cartId), now })
      }),
    getOwner: (cartId, now) =>
      run(async () => (await getOwner({ cartId: issuable(cartId), now })).customerId),
    addLines: (cartId, lines, terms) =>
      terms.ifVersion === undefined
        ? run(() => add({ cartId: issuable(cartId), lines, terms }))
        : change(cartId, { do: 'add', lines }, terms),
    setLine: (cartId, line, terms) => change(cartId, { do: 'set', line }, terms),
    removeLine: (cartId, which, terms) =>
      typeof which === 'object'
        ? change(cartId, { do: 'remove_line', line: which }, terms)
        : change(cartId, { do: 'remove', productId: which }, terms),
    setAttributes: (cartId, line, attributes, terms) =>
      replaceLines(cartId, attributesSet(line, attributes), terms),
    reprice: (cartId, priceOf, terms) => replaceLines(cartId, repriced(priceOf), terms),
    emptyCart: (cartId, terms) => change(cartId, { do: 'empty' }, terms),
    deleteCart: (cartId, terms) => change(cartId, { do: 'delete' }, terms),
    mergeCart: (cartId, merge, terms) => change(cartId, { do: 'merge', ...merge }, terms),
    checkout: (cartId, terms, expected) =>
      expected === undefined
        ? change(cartId, CHECKOUT, terms)
        : judged(cartId, terms, checkedOutAs(expected), () => CHECKOUT),
    activeCart: ({ customerId, now, expiresAt, currency: { code, digits } }) =>
      run(async () => {
        const values = [idKey(customerId), newCartId(now), now, expiresAt, code, digits]
        const [row] = await database.run<ActiveCartRow>(sql.ACTIVE_CART, values)
        if (row === undefined) throw new CartError('INTERNAL_ERROR')
        return { cartId: row.active_cart_id, version: row.active_version, created: row.made }
      }),
    listCarts: (customerId, page) =>
      run(async () => {
        const start = startOf(page)
        const values = [idKey(customerId), start.at, start.cartId, page.now, page.limit + 1]
        const listed =
          page.status === undefined
            ? await carts(reads.listCarts, values)
            : await carts(reads.listCartsOfStatus, [...values, page.status])
        return pageOf(inOrder(listed, cartPosition), page, cartPosition)
      }),
    getOrder: (orderId) =>
      run(async () => {
        if (!isIssuable(orderId)) throw new CartError('ORDER_NOT_FOUND')
        const [order] = (await carts(reads.getOrder, [orderId])).filter(isOrder)
        if (order === undefined) throw new CartError('ORDER_NOT_FOUND')
        return order
      }),
    listOrders: (customerId, page) =>
      run(async () => {
        const start = startOf(page)
        const values = [idKey(customerId), start.at, start.cartId, page.limit + 1]
        const orders = (await carts(reads.listOrders, values)).filter(isOrder)
        return pageOf(inOrder(orders, orderPosition), page, orderPosition)
      }),
    sweepExpired: (now, limit) =>
      run(async () => {
        const [row] = await database.run<{ swept: number }>(sql.SWEEP_EXPIRED, [now, limit])
        return row?.swept ?? 0
      }),
    ping: () =>
      run(async () => {
        const [row] = await database.run<{ now: number }>(sql.PING, [])
        await connections.requireNew()
        return row && { now: row.now, precisionMs: 1 }
      }),
    async close() {
      await close()
      await replica?.close()
      await connections.close()
    },
    residences: openResidences({
      ...database,
      run: (statement, values) => run(() => database.run(statement, values)),
    }),
  }
}

interface ActiveCartRow {
  readonly active_cart_id: string
  readonly active_version: number
  readonly made: boolean
}

const CHECKOUT: Change = { do: 'checkout' }

function issuable(cartId: string): string {
  if (!isIssuable(cartId)) throw new CartError('CART_NOT_FOUND')
  return cartId
}

function inOrder<T>(items: readonly T[], positionOf: (item: T) => Position): T[] {
  return items.toSorted((a, b) => comparePositions(positionOf(a), positionOf(b)))
}
