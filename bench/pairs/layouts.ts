import { createRandom } from '../../packages/lab/src/random/random.ts'
import { currencyOf } from '../../packages/service/src/cart/money.ts'
import type { ChangeTerms } from '../../packages/service/src/cart/rules.ts'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import type { Bench } from '../bench.ts'
import { cartId, EXPIRES_AT, productName, UNIT_PRICE } from '../carts.ts'
import { InvalidRun } from '../invalid-run.ts'
import type { Figures, Goal, Pair } from '../pair.ts'
import { closedLoop } from '../support/closed-loop.ts'
import { type Postgres, queryNumbers } from '../support/postgres.ts'
import { seed } from '../support/seed.ts'

/**
 * What a get and an add cost in the two layouts, by the size of the cart: CPU of PostgreSQL and of Node.js, bytes of log, bytes
 * on disk, share of heap-only updates. The stores are called in this process, so that HTTP does not count.
 */

const CALLERS = 32
/** Cart lines in all: with larger carts there are fewer. */
const LINES_IN_ALL = 100_000

type Layout = 'rows' | 'document'
type Store = Awaited<ReturnType<typeof openPostgresStore>>

const TERMS: Omit<ChangeTerms, 'now'> = {
  expiresAt: EXPIRES_AT,
  currency: currencyOf('USD'),
  limits: { maxLineQuantity: 1e9, maxLines: 1000, maxUnits: 1e9 },
}

/** Documents are to cost less, except for bytes of log: an update logs more of a large row. */
const GOALS: readonly Goal[] = [
  ['get_pg_us', 1],
  ['get_node_us', 1],
  ['add_pg_us', 1],
  ['add_node_us', 1],
  ['add_log_bytes', 3],
  ['cart_bytes', 1],
].map(([metric, floor]) => ({
  metric: String(metric),
  compare: 'ratio',
  want: 'at most',
  floor: Number(floor),
}))

function layouts(name: string, lines: number, carts: number, what: string): Pair {
  return {
    name,
    long: true,
    what,
    a: `document layout, ${CALLERS} callers`,
    b: 'rows layout',
    goals: carts === 1 ? GOALS.filter(({ metric }) => metric !== 'cart_bytes') : GOALS,
    async open(bench) {
      const postgres = await bench.postgres()
      const side = async (layout: Layout) => {
        const url = await postgres.createDatabase(`${name.replaceAll('-', '_')}_${layout}`)
        const store = await openPostgresStore({ databaseUrl: url, layout, migrate: true })
        bench.defer(() => store.close())
        return () => measure(bench, postgres, { store, url, lines, carts })
      }
      return { a: await side('document'), b: await side('rows') }
    },
  }
}

interface Side {
  readonly store: Store
  readonly url: string
  readonly lines: number
  readonly carts: number
}

async function measure(bench: Bench, postgres: Postgres, side: Side): Promise<Figures> {
  const { store, url, lines, carts } = side
  await seed(url, [{ first: 1, count: carts, lines }])
  const { bytes = 0 } = await queryNumbers(url, SIZE)
  const random = createRandom(1)
  const anyCart = () => cartId(random.integer(1, carts))
  const add = async (cart: string) => {
    const product = random.integer(1, lines)
    const line = {
      productId: product,
      productName: productName(product),
      unitPrice: UNIT_PRICE,
      quantity: 1,
    }
    await store.addLines(cart, [line], { ...TERMS, now: Date.now() })
  }
  const get = () => store.getCart(anyCart(), { now: Date.now(), consistency: 'strong' })

  const gets = await costOf(bench, postgres, get)
  // After a checkpoint, the first change of a page logs all of it: not counted.
  for (let first = 1; first <= carts; first += CALLERS)
    await Promise.all(
      Array.from({ length: Math.min(CALLERS, carts - first + 1) }, (_, i) =>
        add(cartId(first + i)),
      ),
    )
  const before = await queryNumbers(url, LOG)
  const adds = await costOf(bench, postgres, () => add(anyCart()))
  const after = await queryNumbers(url, LOG)
  const since = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  return {
    get_pg_us: gets.pg_us,
    get_node_us: gets.node_us,
    gets_per_second: gets.per_second,
    add_pg_us: adds.pg_us,
    add_node_us: adds.node_us,
    adds_per_second: adds.per_second,
    add_log_bytes: since('log_bytes') / adds.count,
    cart_bytes: bytes / carts,
    hot_share: since('hot') / since('updated'),
  }
}

/** CPU per call of PostgreSQL and of this process, which includes that of the callers. */
async function costOf({ seconds }: Bench, postgres: Postgres, call: () => Promise<unknown>) {
  const worker = async () => {
    await call()
    return true
  }
  const [pg, node] = [await postgres.cpuMs(), process.cpuUsage()]
  const result = await closedLoop(Array<() => Promise<boolean>>(CALLERS).fill(worker), seconds)
  const { user, system } = process.cpuUsage(node)
  if (result.failures > 0) throw new InvalidRun(`${result.failures} calls failed`)
  const { answers: count } = result
  return {
    count,
    per_second: count / result.seconds,
    pg_us: (((await postgres.cpuMs()) - pg) * 1000) / count,
    node_us: (user + system) / count,
  }
}

/** Tables and indexes. In the document layout, `cart_lines` is a view. */
const SIZE = `select sum(pg_total_relation_size(oid)) as bytes
  from pg_class where relname in ('carts', 'cart_lines') and relkind = 'r'`

const LOG = `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as log_bytes,
    sum(n_tup_hot_upd) as hot, sum(n_tup_upd) as updated
  from pg_stat_user_tables where relname in ('carts', 'cart_lines')`

const SIZES = [5, 20, 50, 100]

export const layoutPairs: readonly Pair[] = [
  ...SIZES.map((lines) =>
    layouts(
      `layout-${lines}`,
      lines,
      LINES_IN_ALL / lines,
      `carts of ${lines} lines as documents and as rows`,
    ),
  ),
  ...[5, 100].map((lines) =>
    layouts(`layout-hot-${lines}`, lines, 1, `one cart of ${lines} lines that all change`),
  ),
]
