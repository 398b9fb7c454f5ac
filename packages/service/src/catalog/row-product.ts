import { ENTITY_ID_RULE, parseEntityId, parseIdText } from '../cart/ids.ts'
import { minorUnits, readPrice, type Separator } from './price.ts'
import { MAX_NAME_LENGTH, type Product } from './product.ts'
import type { ProductMap } from './product-map.ts'
import { pick, shown, textOf } from './row-values.ts'
import type { Row } from './rows.ts'

/** How prices are read. */
export interface Money {
  readonly currency: string
  readonly digits: number
}

// The same characters as in ids, and the joiners that Persian, Indic scripts and emoji need between two characters.
const NAME = new RegExp(
  `^(?:[^\\p{C}]|(?<!^)[\\u200c\\u200d](?!$)|[\\u{e0020}-\\u{e007f}]){1,${MAX_NAME_LENGTH}}$`,
  'u',
)

/** The product of a row, or what is wrong with it. */
export function toProduct(
  row: Row,
  map: ProductMap,
  { currency, digits }: Money,
  separator: Separator,
): Product | string {
  const id = pick(row, map.product_id)
  const productId = !row.typed && typeof id === 'string' ? parseIdText(id) : parseEntityId(id)
  if (productId === undefined) return `product_id ${ENTITY_ID_RULE} (got ${shown(id)})`
  const name = nameOf(row, map)
  if (!NAME.test(name)) return `name ${nameProblem(name)}`
  const written = pick(row, map.price)
  const price = readPrice(written, currency)
  const stated = map.currency === undefined ? undefined : textOf(pick(row, map.currency))
  for (const code of [price?.currency, stated])
    if (code && code !== currency)
      return `price ${shown(written)} is in ${code}, but CURRENCY is ${currency}`
  const amount = price && minorUnits(price.amount, separator, digits)
  if (amount === undefined)
    return `price must be a number of at least 0 with at most ${digits} decimals (got ${shown(written)})`
  return {
    productId,
    name,
    category: textOf(pick(row, map.category)),
    description: withoutTags(textOf(pick(row, map.description))),
    brand: textOf(pick(row, map.brand)),
    price: amount,
  }
}

function nameOf(row: Row, { name, variant = [] }: ProductMap): string {
  const base = textOf(pick(row, name))
  // Shopify's name for the only variant of a product.
  const variants = variant
    .map((column) => textOf(row.fields[column]))
    .filter((text) => text !== '' && text !== 'Default Title')
  return variants.length === 0 ? base : `${base} (${variants.join(', ')})`
}

function nameProblem(name: string): string {
  const odd = /(?![\u200c\u200d])\p{C}/u.exec(name)
  if (name !== '' && odd !== null) {
    const code = odd[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
    return `must not contain the invisible character U+${code} (got ${shown(name)})`
  }
  return `must have 1 to ${MAX_NAME_LENGTH} printable characters (got ${shown(name)})`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
}

function withoutTags(text: string): string {
  if (!/<[a-z/]/i.test(text)) return text
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
}
