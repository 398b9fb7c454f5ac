import { readFile } from 'node:fs/promises'
import { idText } from '../cart/ids.ts'
import { ConfigError } from '../config/config-error.ts'
import { readPrice, separatorOf } from './price.ts'
import type { Product } from './product.ts'
import { fittingPreset, OWN_MAP, type ProductMap, parseProductMap } from './product-map.ts'
import { type Money, toProduct } from './row-product.ts'
import { isEmpty, pick } from './row-values.ts'
import { type Row, readRows, UnreadableRows } from './rows.ts'

/** Problems in one message; a file with one wrong column has one for every row. */
const SHOWN_PROBLEMS = 3

/**
 * Reads a catalog file.
 *
 * @param file  see `readRows`
 * @param money currency of all prices, and its decimals
 * @param mapping name of a preset, pairs, or a `.json` file with a map (`parseProductMap`); without it, the columns are
 *   `product_id`, `name`, `price`, `category`, `description` and `brand`
 * @throws ConfigError: one line with the file and the first invalid rows, values included
 */
export async function readProducts(
  file: string,
  money: Money,
  mapping?: string,
): Promise<Product[]> {
  const map = mapping === undefined ? OWN_MAP : await readMap(mapping)
  const fail = (problem: string) => new ConfigError(`CATALOG_FILE ${file}: ${problem}`)
  const rows = await readRows(file, map.header_line).catch((error: unknown) => {
    throw error instanceof UnreadableRows ? fail(error.message) : error
  })
  const wrong = wrongColumns(rows, map, mapping) ?? wrongCurrency(map, money)
  if (wrong !== undefined) throw fail(wrong)
  const sold = filledDown(rows, map).filter((row) => isSold(row, map))
  if (sold.length === 0) throw fail('has no products that are sold: every row was skipped')
  const found = readAll(sold, map, money)
  if (typeof found === 'string') throw fail(found)
  return found
}

async function readMap(mapping: string): Promise<ProductMap> {
  let text = mapping
  if (/\.json$/i.test(mapping)) {
    text = await readFile(mapping, 'utf8').catch((error: Error) => {
      throw new ConfigError(`CATALOG_MAP ${mapping}: ${error.message}`)
    })
    if (!text.trimStart().startsWith('{'))
      throw new ConfigError(`CATALOG_MAP ${mapping}: must hold a JSON object`)
  }
  const map = parseProductMap(text)
  if (typeof map === 'string') throw new ConfigError(`CATALOG_MAP ${map}`)
  return map
}

/** What is wrong with the columns: required ones are missing. A row of JSON may lack what others have. */
function wrongColumns(
  rows: readonly Row[],
  map: ProductMap,
  mapping: string | undefined,
): string | undefined {
  const present = new Set(rows.flatMap(({ fields }) => Object.keys(fields)))
  const has = (column: string) => present.has(column) || present.has(column.split('.')[0] ?? '')
  const missing = (['product_id', 'name', 'price'] as const).filter(
    (field) => ![map[field]].flat().some(has),
  )
  if (missing.length === 0) return undefined
  const wanted = missing.map((field) => [map[field]].flat().join(' or ')).join(', ')
  const found = [...present].slice(0, 30).join(', ')
  const hint = mapping === undefined ? `; ${mapHint(present)}` : ''
  return `has no column ${wanted}; found: ${found}${hint}`
}

function mapHint(present: ReadonlySet<string>): string {
  const preset = fittingPreset(present)
  if (preset !== undefined) return `set CATALOG_MAP=${preset}`
  return 'set CATALOG_MAP, for example CATALOG_MAP=product_id=SKU,name=Title,price=Price (and header_line=3 if line 3 has the names of the columns)'
}

/** A price column may be named after its currency: `Price (EUR)`, `priceUsd`. */
function wrongCurrency({ price }: ProductMap, { currency }: Money): string | undefined {
  for (const column of [price].flat()) {
    const named = /(?:[ _(-]([A-Z]{3})\)?|[a-z](Usd|Eur|Gbp|Jpy|Chf|Cad|Aud|Inr))$/.exec(column)
    const code = (named?.[1] ?? named?.[2])?.toUpperCase()
    if (code !== undefined && code !== currency)
      return `the column "${column}" is in ${code}, but CURRENCY is ${currency}`
  }
  return undefined
}

function* filled(rows: readonly Row[], { group, fill_down = [] }: ProductMap): Generator<Row> {
  let first: Row | undefined
  for (const row of rows) {
    const sameGroup = group !== undefined && first?.fields[group] === row.fields[group]
    if (!sameGroup) first = row
    const down = fill_down
      .filter((column) => isEmpty(row.fields[column]))
      .map((column) => [column, first?.fields[column]])
    yield { ...row, fields: { ...row.fields, ...Object.fromEntries(down) } }
  }
}

function filledDown(rows: readonly Row[], map: ProductMap): readonly Row[] {
  return map.fill_down === undefined ? rows : [...filled(rows, map)]
}

function isSold({ fields }: Row, { only_with = [], skip_where = {} }: ProductMap): boolean {
  const skipped = Object.entries(skip_where).some(([column, values]) =>
    values.includes(String(fields[column] ?? '')),
  )
  return !skipped && only_with.every((column) => !isEmpty(fields[column]))
}

/** All products, or one line about the rows that are none. */
function readAll(rows: readonly Row[], map: ProductMap, money: Money): Product[] | string {
  const digits = map.price_unit === 'minor' ? 0 : money.digits
  const amounts = rows.flatMap((row) => {
    const price = readPrice(pick(row, map.price), money.currency)
    return price === undefined ? [] : [price.amount]
  })
  const separator = map.decimal ?? separatorOf(amounts, digits)
  if (separator === undefined)
    return `the prices can be read with a decimal point or a decimal comma; set "decimal" in CATALOG_MAP (first price: ${amounts[0]})`
  const problems: string[] = []
  const seen = new Map<unknown, string>()
  const products = rows.flatMap((row) => {
    const product = toProduct(row, map, { ...money, digits }, separator)
    const twice = typeof product === 'string' ? undefined : seen.get(product.productId)
    if (typeof product === 'string') problems.push(`${row.at}: ${product}`)
    else if (twice !== undefined)
      problems.push(`${row.at}: product_id ${idText(product.productId)} is also in ${twice}`)
    else {
      seen.set(product.productId, row.at)
      return [product]
    }
    return []
  })
  if (problems.length === 0) return products
  const more = problems.length - SHOWN_PROBLEMS
  return `${problems.slice(0, SHOWN_PROBLEMS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}
