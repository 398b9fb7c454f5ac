import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The measured carts and products: the same on every database, all computed from a number. */

/** Number of carts, except in pairs that vary it. */
export const CARTS = 20_000
/** Lines of each cart: products 1 to 5. */
export const LINES = 5

/**
 * Version 7 ids that pgbench can compute, because its variables are integers: 16 fixed digits and a 16-digit integer
 * whose first digit holds the UUID's variant. Sorted by creation, as a service's ids are.
 */
export const ID_START = '018f000000007000'
export const ID_BASE = 8_000_000_000_000_000

/** @param number 1 to the number of carts */
export function cartId(number: number): string {
  const digits = `${ID_START}${ID_BASE + number}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Creation and expiry of everything in a generated cart, milliseconds. */
export const MADE_AT = Date.UTC(2026, 0, 1)
export const EXPIRES_AT = Date.UTC(2099, 0, 1)

/** Cents. SQL can compute these products; names are as long as those of the service's catalog. */
export const UNIT_PRICE = 12_399
export function productName(product: number | string): string {
  return `Birch & Co Classic Cutting Board ${product}`
}

/**
 * Writes the products as a catalog file. If prices differed from those in the carts, responses would have warnings.
 *
 * @returns the value of CATALOG_FILE
 */
export async function writeCatalog(folder: string): Promise<string> {
  const file = join(folder, 'catalog.json')
  const products = Array.from({ length: 1000 }, (_, i) => ({
    product_id: i + 1,
    name: productName(i + 1),
    price: UNIT_PRICE / 100,
  }))
  await writeFile(file, JSON.stringify(products))
  return file
}
