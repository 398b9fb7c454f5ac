import { type Cart, type CartStatus, compareLines, type Line } from '../../cart/cart.ts'
import { idFromKey } from '../../cart/ids.ts'
import { lineFromKey } from '../../cart/line-key.ts'

/**
 * Many carts as one text
 * ======================
 *
 * A batch of reads returns one row: the number of carts, and their text. `pg` reads a message per row and a buffer per value; one
 * large value that JavaScript splits takes a third of its CPU, and less of PostgreSQL's.
 *
 * Values are separated by control characters that no id, key, status or number contains. A product name may contain them,
 * because only the catalog, not the store, has rules for names. Then the text has more separators than the number of carts and
 * their lines requires, `cartsOfText` returns nothing, and the caller reads the carts in another way.
 */
const BETWEEN_CARTS = '\u001e'
const BETWEEN_FIELDS = '\u001f'
const BETWEEN_LINES = '\u001d'

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
const FIELDS = CART_COLUMNS.length + 3
/** Unit price, quantity and the two times. */
const NUMBERS_PER_LINE = 4

/** The expressions that give the text of the lines of a cart; '' if it has none. */
export interface LineTexts {
  readonly keys: string
  readonly names: string
  readonly numbers: string
}

/** Separates the lines in `keys` and `names`, as SQL. */
export const LINE_SEPARATOR = charOf(BETWEEN_LINES)
/** Separates all numbers of all lines, as SQL. */
export const NUMBER_SEPARATOR = `','`

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

/** The carts by id, in no particular order; `undefined` if a name contains a separator. */
export function cartsOfText([count, text]: CartsText): ReadonlyMap<string, Cart> | undefined {
  const carts = new Map<string, Cart>()
  if (text === null) return carts
  const parts = text.split(BETWEEN_CARTS)
  if (parts.length !== count) return undefined
  for (const part of parts) {
    const cart = cartOf(part.split(BETWEEN_FIELDS))
    if (cart === undefined) return undefined
    carts.set(cart.cartId, cart)
  }
  return carts
}

function cartOf(fields: readonly string[]): Cart | undefined {
  if (fields.length !== FIELDS) return undefined
  const [cartId, customer, status, version, created, updated, expires, ordered, code, digits] =
    fields as unknown as CartFields
  const lines = linesOf(fields[10] as string, fields[11] as string, fields[12] as string)
  return (
    lines && {
      cartId,
      customerId: idFromKey(customer),
      currency: { code, digits: Number(digits) },
      status,
      version: Number(version),
      lines,
      createdAt: Number(created),
      updatedAt: Number(updated),
      expiresAt: expires === '' ? null : Number(expires),
      orderedAt: ordered === '' ? null : Number(ordered),
    }
  )
}

type CartFields = readonly [
  cartId: string,
  customer: string,
  status: CartStatus,
  version: string,
  created: string,
  updated: string,
  expires: string,
  ordered: string,
  code: string,
  digits: string,
]

function linesOf(keys: string, names: string, numbers: string): Line[] | undefined {
  if (keys === '') return []
  const keyOf = keys.split(BETWEEN_LINES)
  const nameOf = names.split(BETWEEN_LINES)
  // Faster than `Number` for each.
  const numberAt = JSON.parse(`[${numbers}]`) as number[]
  if (nameOf.length !== keyOf.length) return undefined
  const lines = keyOf.map((key, i): Line => {
    const { productId, attributes } = lineFromKey(key)
    const at = i * NUMBERS_PER_LINE
    const line = {
      productId,
      productName: nameOf[i] as string,
      unitPrice: numberAt[at] as number,
      quantity: numberAt[at + 1] as number,
      createdAt: numberAt[at + 2] as number,
      updatedAt: numberAt[at + 3] as number,
    }
    return attributes === undefined ? line : { ...line, attributes }
  })
  // Most are in order: lines are stored as they arrive.
  return lines.every((line, i) => i === 0 || compareLines(lines[i - 1] as Line, line) <= 0)
    ? lines
    : lines.sort(compareLines)
}

/** A control character as SQL. */
function charOf(character: string): string {
  return `chr(${character.charCodeAt(0)})`
}
