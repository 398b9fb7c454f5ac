import pg from 'pg'
import { query } from '../../test/support/query.ts'
import {
  CARTS,
  EXPIRES_AT,
  ID_BASE,
  ID_START,
  LINES,
  MADE_AT,
  productName,
  UNIT_PRICE,
} from '../carts.ts'
import { queryNumbers } from './postgres.ts'

/** Carts with the numbers `first` to `first + count - 1`, each with `lines` lines of one unit. */
export interface Seed {
  readonly first: number
  readonly count: number
  readonly lines: number
}

/** Empties and refills the tables, so that every turn starts from the same state; takes 1 s for the usual 20,000 carts. */
export async function seed(
  url: string,
  seeds: readonly Seed[] = [{ first: 1, count: CARTS, lines: LINES }],
): Promise<void> {
  const layout = await layoutOf(url)
  const statements = [
    'truncate carts cascade',
    // Every line's cart exists. Checking the foreign key would take most of the time.
    'set session_replication_role = replica',
    ...seeds.flatMap(INSERTIONS[layout]),
    'vacuum analyze carts',
    ...(layout === 'rows' ? ['vacuum analyze cart_lines'] : []),
    'checkpoint',
  ]
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

type LayoutName = 'rows' | 'document'

async function layoutOf(url: string): Promise<LayoutName> {
  const [column] = await query(
    url,
    `select from pg_attribute where attrelid = 'carts'::regclass and attname = 'line_keys'`,
  )
  return column === undefined ? 'rows' : 'document'
}

const INSERTIONS = { rows: rowInsertions, document: documentInsertions }

function documentInsertions({ first, count, lines }: Seed): string[] {
  return [
    `insert into carts (cart_id, customer_id, version, units, line_count,
                        created_at, updated_at, expires_at, expires_hour, line_keys, line_names, line_numbers)
     select ${ID}, number::text, ${lines + 1}, ${lines}, ${lines},
            ${MADE_AT}, ${MADE_AT}, ${EXPIRES_AT}, ${EXPIRES_AT} / 3600000,
            array(select product::text from generate_series(1, ${lines}) as product),
            array(select '${productName('')}' || product from generate_series(1, ${lines}) as product),
            array(select unnest(array[${UNIT_PRICE}, 1, ${MADE_AT}, ${MADE_AT}])
                    from generate_series(1, ${lines}))
       from generate_series(${first}, ${first + count - 1}) as number`,
  ]
}

function rowInsertions({ first, count, lines }: Seed): string[] {
  const last = first + count - 1
  return [
    `insert into carts (cart_id, customer_id, version, units, line_count,
                        created_at, updated_at, expires_at, expires_hour)
     select ${ID}, number::text, ${lines + 1}, ${lines}, ${lines},
            ${MADE_AT}, ${MADE_AT}, ${EXPIRES_AT}, ${EXPIRES_AT} / 3600000
       from generate_series(${first}, ${last}) as number`,
    `insert into cart_lines (cart_id, product_id, product_name, unit_price, quantity, created_at, updated_at)
     select ${ID}, product::text, '${productName('')}' || product, ${UNIT_PRICE}, 1, ${MADE_AT}, ${MADE_AT}
       from generate_series(${first}, ${last}) as number, generate_series(1, ${lines}) as product`,
  ]
}

const ID = `('${ID_START}' || ${ID_BASE} + number)::uuid`

/** Totals over all carts. */
export interface Totals {
  readonly carts: number
  /** Changes since creation; seeding counts one change per line. */
  readonly changes: number
  /** Sum of `carts.units`. */
  readonly units: number
  /** Sum over the lines. */
  readonly quantities: number
}

export async function totals(url: string): Promise<Totals> {
  const sums = await queryNumbers(
    url,
    `select count(*) as carts, coalesce(sum(version - 1), 0) as changes, coalesce(sum(units), 0) as units,
            (select coalesce(sum(quantity), 0) from cart_lines) as quantities
       from carts`,
  )
  const { carts = 0, changes = 0, units = 0, quantities = 0 } = sums
  return { carts, changes, units, quantities }
}
