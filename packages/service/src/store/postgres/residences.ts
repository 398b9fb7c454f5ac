import { idKey } from '../../cart/ids.ts'
import { canonicalText } from '../../cart/image.ts'
import { NOTHING_KNOWN, type Residence } from '../../cart/residence.ts'
import type { CartState } from '../../cart/rules.ts'
import type { Residences } from '../residences.ts'
import { type CartRows, rowsOf, stateOfRows } from './cart-rows.ts'
import { isIssuable } from './changes.ts'
import type { Database, Statement } from './database.ts'
import { openControl } from './move-control.ts'
import { identityOf, missingRights } from './move-rights.ts'

/** The records of carts that move (`migrations/0009_moving.sql`). */
export function openResidences(database: Database): Residences {
  const run = <Row>(statement: Statement, values: unknown[]) => database.run<Row>(statement, values)

  async function recordsOf(cartIds: readonly string[]): Promise<Map<string, Residence>> {
    const rows = await run<RecordRow>(LOOK, [cartIds])
    return new Map(rows.map((row) => [row.cart_id, recordOf(row)]))
  }

  async function put(state: CartState, hop: number, now: number | null): Promise<boolean> {
    const { cart, lines, keys, merges } = rowsOf(state)
    const parts = [cart, lines, keys, merges].map((part) => JSON.stringify(part))
    const [row] = await run<{ done: boolean }>(PUT, [state.cartId, hop, now, ...parts])
    return row?.done === true
  }

  async function look(cartId: string): Promise<Residence> {
    // PostgreSQL rejects strings that are not UUIDs.
    if (!isIssuable(cartId)) return NOTHING_KNOWN
    return (await recordsOf([cartId])).get(cartId) ?? NOTHING_KNOWN
  }

  return {
    look,
    async seal(cartId, seen, hop) {
      if (seen.at !== 'here') return undefined
      const { state } = seen
      const [row] = await run<{ done: boolean }>(SEAL, [
        cartId,
        state.version,
        state.createdAt,
        seen.hop,
        hop,
        idKey(state.customerId),
        canonicalText(state),
      ])
      return row?.done === true ? { at: 'sealed', hop, state } : undefined
    },
    place: (state, hop) => put(state, hop, null),
    create: put,
    async settle(cartId, hop, { version, digest, expiresAt }) {
      const rows = await run(SETTLE, [cartId, hop, version, digest, expiresAt])
      return rows.length > 0
    },
    async claim({ cartId }, hop, now) {
      await run(CLAIM, [cartId, hop, now])
      return look(cartId)
    },
    async release(cartId, hop) {
      await run(RELEASE, [cartId, hop])
    },
    async sealedOf(customerKey) {
      const rows = await run<{ cart_id: string }>(SEALED_OF, [customerKey])
      return rows.map((row) => row.cart_id)
    },
    async scan({ after, limit }) {
      const rows = await run<{ cart_id: string }>(SCAN, [after ?? null, limit])
      const cartIds = rows.map((row) => row.cart_id)
      const found = await recordsOf(cartIds)
      return {
        records: cartIds.map((cartId) => ({ cartId, record: found.get(cartId) ?? NOTHING_KNOWN })),
        next: cartIds.length < limit ? undefined : cartIds.at(-1),
      }
    },
    sizeOf: (state) => Buffer.byteLength(canonicalText(state)),
    maxSize: Number.POSITIVE_INFINITY,
    unitsOf: () => null,
    identity: () => identityOf(database),
    missingRights: (role) => missingRights(database, role),
    control: openControl(database),
  }
}

interface RecordRow {
  readonly cart_id: string
  /** 0 where nothing is known beside the cart. */
  readonly hop: number
  readonly record: 'here' | 'sealed' | 'away' | null
  readonly image: string | null
  readonly version: number | null
  readonly digest: string | null
  readonly expires_at: number | null
  readonly rows: CartRows | null
}

function recordOf({ hop, record, image, version, digest, expires_at, rows }: RecordRow): Residence {
  if (rows !== null) return { at: 'here', hop, state: stateOfRows(rows) }
  if (record === 'sealed' && image !== null)
    return { at: 'sealed', hop, state: JSON.parse(image) as CartState }
  if (record !== 'away') return { at: 'absent', hop }
  const trace =
    version === null || digest === null ? null : { version, digest, expiresAt: expires_at }
  return { at: 'away', hop, trace }
}

function reads(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

/** Each has no effect when it is repeated, so it is sent again when its response was lost, like a read. */
function writes(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

/** One snapshot, so that a cart that is being sealed is either in `carts` or in `moving_carts`. */
const LOOK = reads(
  'look_at_carts',
  `select id.cart_id, coalesce(known.hop, 0) as hop, known.record, known.image, known.version, known.digest,
     known.expires_at,
     (select jsonb_build_object(
        'cart', to_jsonb(cart),
        'lines', (select coalesce(jsonb_agg(to_jsonb(line)), '[]') from cart_lines as line
                   where line.cart_id = cart.cart_id),
        'keys', (select coalesce(jsonb_agg(to_jsonb(key)), '[]') from cart_keys as key
                  where key.cart_id = cart.cart_id),
        'merges', (select coalesce(jsonb_agg(to_jsonb(merge)), '[]') from cart_merges as merge
                    where merge.cart_id = cart.cart_id))
      from carts as cart where cart.cart_id = id.cart_id) as rows
   from unnest($1::uuid[]) as id (cart_id) left join moving_carts as known on known.cart_id = id.cart_id`,
)

const SEAL = writes('seal_cart', 'select seal_cart($1, $2, $3, $4, $5, $6, $7) as done')
const PUT = writes('put_cart', 'select put_cart($1, $2, $3, $4, $5, $6, $7) as done')
const CLAIM = writes('claim_cart', 'select claim_cart($1, $2, $3) as done')

const SETTLE = writes(
  'settle_cart',
  `update moving_carts
     set record = 'away', image = null, customer_id = null, version = $3, digest = $4, expires_at = $5
   where cart_id = $1 and hop = $2 and record = 'sealed'
   returning cart_id`,
)

const RELEASE = writes(
  'release_cart',
  `delete from moving_carts where cart_id = $1 and hop = $2 and record = 'away'`,
)

const SEALED_OF = reads(
  'sealed_carts_of',
  `select cart_id from moving_carts where customer_id = $1 and record = 'sealed'`,
)

const SCAN = reads(
  'scan_carts',
  `select cart_id from (
     (select cart_id from carts where cart_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
       order by cart_id limit $2)
     union
     (select cart_id from moving_carts
       where record <> 'here' and cart_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
       order by cart_id limit $2)
   ) as known order by cart_id limit $2`,
)
