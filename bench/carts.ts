import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The carts and products that are measured: the same on every database, and all computed from a number. */

/** How many carts there are, but for the pairs that are about the number. */
export const CARTS = 20_000
/** Products in each of them, 1 to 5. */
export const LINES = 5

/**
 * Ids of version 7 that pgbench can compute, since its variables are integers: 16 fixed digits and an integer of 16
 * more, of which the first holds the UUID's variant. In the order of their making, as a service's are.
 */
export const ID_START = '018f000000007000'
export const ID_BASE = 8_000_000_000_000_000

/** @param number 1 to the number of carts */
export function cartId(number: number): string {
  const digits = `${ID_START}${ID_BASE + number}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Everything in a generated cart was made then; it expires long after. Milliseconds. */
export const MADE_AT = Date.UTC(2026, 0, 1)
export const EXPIRES_AT = Date.UTC(2099, 0, 1)

/** Cents. Unlike the service's own products, these can be written in SQL; names are as long as its names. */
export const UNIT_PRICE = 12_399
export function productName(product: number | string): string {
  return `Birch & Co Classic Cutting Board ${product}`
}

/**
 * Writes the products as a catalog of the service's. If prices differed from those in the carts, answers would
 * carry warnings.
 *
 * @returns the value for CATALOG_FILE
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
