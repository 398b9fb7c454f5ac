import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { ENTITY_ID_RULE, idText, parseEntityId, parseIdText } from '../cart/ids.ts'
import { toMinorUnits } from '../cart/money.ts'
import { ConfigError } from '../config/config-error.ts'
import { MAX_NAME_LENGTH, type Product } from './product.ts'

// The same characters as in ids: PostgreSQL's text cannot hold a NUL, for example.
const NAME = new RegExp(`^[^\\p{C}]{1,${MAX_NAME_LENGTH}}$`, 'u')

/**
 * Reads a catalog file: a JSON array of objects, or CSV with a header line. Required fields are `product_id`, `name` and
 * `price` (decimal); `category`, `description` and `brand` are optional.
 *
 * @param file   a `.json` or `.csv` file
 * @param digits decimals of the currency that prices are in
 * @throws ConfigError that names the file and the invalid product and field
 */
export async function readProducts(file: string, digits: number): Promise<Product[]> {
  const rows = await readRows(file)
  const seen = new Set<unknown>()
  return rows.map((row, index) => {
    const at = `product ${index + 1}`
    const product = toProduct(row, digits, (problem) => invalid(file, `${at}: ${problem}`))
    if (seen.has(product.productId))
      throw invalid(file, `${at}: product_id ${idText(product.productId)} occurs twice`)
    seen.add(product.productId)
    return product
  })
}

async function readRows(file: string): Promise<unknown[]> {
  const kind = extname(file).toLowerCase()
  if (kind !== '.json' && kind !== '.csv') throw invalid(file, 'must end in .json or .csv')
  try {
    const text = await readFile(file, 'utf8')
    const rows: unknown = kind === '.json' ? JSON.parse(text) : csvRows(text)
    if (Array.isArray(rows) && rows.length > 0) return rows
  } catch (error) {
    throw invalid(file, (error as Error).message.split('\n')[0] ?? '')
  }
  throw invalid(file, 'must be a JSON array or CSV lines with at least one product')
}

/** Cells have no type, so an id in a CSV file is read as an id in a URL is. */
function csvRows(text: string): unknown[] {
  const rows: Record<string, string>[] = parseCsv(text, {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  })
  return rows.map((row) => ({ ...row, product_id: parseIdText(row.product_id ?? '') }))
}

function toProduct(row: unknown, digits: number, fail: (problem: string) => ConfigError): Product {
  const fields = typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : {}
  const productId = parseEntityId(fields.product_id)
  if (productId === undefined) throw fail(`product_id ${ENTITY_ID_RULE}`)
  const name = text(fields.name)
  if (!NAME.test(name)) throw fail(`name must have 1 to ${MAX_NAME_LENGTH} printable characters`)
  const amount = fields.price
  const price =
    typeof amount === 'number' || typeof amount === 'string'
      ? toMinorUnits(amount, digits)
      : undefined
  if (price === undefined)
    throw fail(`price must be a number of at least 0 with at most ${digits} decimals`)
  const [category, description, brand] = [fields.category, fields.description, fields.brand].map(
    text,
  )
  return {
    productId,
    name,
    category: category ?? '',
    description: description ?? '',
    brand: brand ?? '',
    price,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function invalid(file: string, problem: string): ConfigError {
  return new ConfigError(`CATALOG_FILE ${file}: ${problem}`)
}
