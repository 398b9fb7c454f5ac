import type { Cart } from '../../cart/cart.ts'
import { CartScanner } from './cart-scanner.ts'
import { BETWEEN_CARTS, BETWEEN_FIELDS, BETWEEN_LINES, BETWEEN_NUMBERS } from './cart-separators.ts'

/**
 * Many carts as one text
 * ======================
 *
 * A batch of reads returns one row: the number of carts, and their text. `pg` reads a message per row and a buffer per value; one
 * large value that JavaScript scans takes a third of its CPU, and less of PostgreSQL's.
 *
 *     carts:  cart RS cart RS …
 *     cart:   field US … field US keys US names US numbers        ten fields
 *     keys:   key GS key GS …                                     likewise names; nothing without lines
 *     numbers: n , n , …                                          four per line
 *
 * The separators are control characters that no id, key, status or number contains. A product name may contain them,
 * because only the catalog, not the store, has rules for names. Then the text has more separators than the number of carts and
 * their lines requires, `cartsOfText` returns nothing, and the caller reads the carts in another way.
 */
/** The columns of a cart in its text, before those of its lines: keys, names and numbers, each of all lines. */
const CART_COLUMNS = [
  'cart_id',
  'customer_id',
  'status',
  'version',
  'created_at',
  'updated_at',
  `coalesce(expires_at::text, '')`,
  `coalesce(ordered_at::text, '')`,
  'currency',
  'minor_digits',
]

/** The expressions that give the text of the lines of a cart; '' if it has none. */
export interface LineTexts {
  readonly keys: string
  readonly names: string
  readonly numbers: string
}

/** Separates the lines in `keys` and `names`, as SQL. */
export const LINE_SEPARATOR = charOf(BETWEEN_LINES)
/** Separates all numbers of all lines, as SQL. */
export const NUMBER_SEPARATOR = `'${BETWEEN_NUMBERS}'`

/**
 * The text of a statement that reads carts as `CartsText`.
 *
 * @param from a query for complete rows of `carts`, named `cart`, with what `lines` needs
 */
export function readJoined(from: string, { keys, names, numbers }: LineTexts): string {
  const fields = [...CART_COLUMNS, keys, names, numbers].join(', ')
  return `select count(*)::integer,
       string_agg(concat_ws(${charOf(BETWEEN_FIELDS)}, ${fields}), ${charOf(BETWEEN_CARTS)})
  from ${from}`
}

/** A row of such a statement; no text if there are no carts. */
export type CartsText = readonly [count: number, text: string | null]

/** The carts by id, in no particular order; `undefined` if a name contains a separator with which the text could mean something else. */
export function cartsOfText([count, text]: CartsText): ReadonlyMap<string, Cart> | undefined {
  const carts = new Map<string, Cart>()
  if (text === null) return carts
  if (countOf(BETWEEN_CARTS, text) !== count - 1) return undefined
  const scanner = new CartScanner(text)
  for (let i = 0; i < count; i++) {
    const cart = scanner.nextCart()
    if (cart === undefined) return undefined
    carts.set(cart.cartId, cart)
  }
  return carts
}

function countOf(character: string, text: string): number {
  let found = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found += 1
  return found
}

/** A control character as SQL. */
function charOf(character: string): string {
  return `chr(${character.charCodeAt(0)})`
}
