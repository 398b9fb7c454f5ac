import { type Cart, type CartStatus, compareLines, type Line } from '../../cart/cart.ts'
import { idFromKey } from '../../cart/ids.ts'
import { lineFromKey, lineKey } from '../../cart/line-key.ts'
import { parseNumberArray, parseTextArray } from './array-text.ts'

/** The lines of a cart as its row has them in the document layout: `migrations/0008_document_layout.sql`. */
export interface DocumentColumns {
  readonly keys: readonly string[] | null
  readonly names: readonly string[] | null
  readonly numbers: readonly number[] | null
}

/** Unit price, quantity and the two times. */
const NUMBERS_PER_LINE = 4

/** The columns for these lines. A cart without lines has none. */
export function documentOf(lines: readonly Line[]): DocumentColumns {
  if (lines.length === 0) return { keys: null, names: null, numbers: null }
  return {
    keys: lines.map(lineKey),
    names: lines.map((line) => line.productName),
    numbers: lines.flatMap((line) => [
      line.unitPrice,
      line.quantity,
      line.createdAt,
      line.updatedAt,
    ]),
  }
}

/** In the order of the columns. */
function linesOf(keys: string | null, names: string | null, numbers: string | null): Line[] {
  if (keys === null) return []
  const nameOf = parseTextArray(names)
  const numberAt = parseNumberArray(numbers)
  return parseTextArray(keys).map((key, i) => {
    const [unitPrice = 0, quantity = 0, createdAt = 0, updatedAt = 0] = numberAt.slice(
      i * NUMBERS_PER_LINE,
      (i + 1) * NUMBERS_PER_LINE,
    )
    const productName = nameOf[i] ?? ''
    return { ...lineFromKey(key), productName, unitPrice, quantity, createdAt, updatedAt }
  })
}

/** The columns of a cart as statements read them; the lines as text. */
export type DocumentHead = readonly [
  cartId: string,
  customerId: string,
  status: CartStatus | 'deleted',
  version: number,
  createdAt: number,
  updatedAt: number,
  expiresAt: number | null,
  orderedAt: number | null,
  currency: string,
  minorDigits: number,
  lineKeys: string | null,
  lineNames: string | null,
  lineNumbers: string | null,
]

export function cartOfDocument(row: readonly [...DocumentHead, ...unknown[]]): Cart {
  return {
    cartId: row[0],
    customerId: idFromKey(row[1]),
    currency: { code: row[8], digits: row[9] },
    status: row[2] === 'deleted' ? 'active' : row[2],
    version: row[3],
    lines: linesOf(row[10], row[11], row[12]).sort(compareLines),
    createdAt: row[4],
    updatedAt: row[5],
    expiresAt: row[6],
    orderedAt: row[7],
  }
}
