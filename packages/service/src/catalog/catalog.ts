import { CartError } from '../cart/errors.ts'
import { type EntityId, idText, parseIdText } from '../cart/ids.ts'
import { BLOCK_BITS, indexGrams } from './gram-index.ts'
import type { Product } from './product.ts'

/** The products that the service sells. In memory and the same for every store, so that it does not affect a comparison. */
export interface Catalog {
  readonly size: number
  find(productId: EntityId): Product | undefined
  /**
   * The product, or PRODUCT_NOT_FOUND.
   *
   * @param where prefix of the error message that names the line among several
   */
  get(productId: EntityId, where?: string): Product
  /** Products in catalog order whose name contains `name` and whose category is `category`, ignoring case. */
  search(query: ProductQuery): ProductPage
}

export interface ProductQuery {
  readonly name?: string | undefined
  readonly category?: string | undefined
  readonly limit: number
  /** `cursor` of the previous page; VALIDATION_FAILED if it is not one. */
  readonly cursor?: string | undefined
}

export interface ProductPage {
  readonly items: readonly Product[]
  readonly cursor: string | null
}

/**
 * A catalog of products with different ids.
 *
 * The first search starts to build the index of names; until it is complete, searches scan all names.
 */
export function openCatalog(products: readonly Product[]): Catalog {
  const byId = new Map(products.map((product) => [product.productId, product]))
  // Converted once: a search without a match scans all names, and the conversion would take most of its time.
  const names = products.map((product) => product.name.toLowerCase())
  const categories = products.map((product) => product.category.toLowerCase())
  const byCategory = Map.groupBy(products.keys(), (i) => categories[i] ?? '')
  const index = eventually(() => indexGrams(names))

  /** Ascending positions that include all matches from `start` on. */
  function positions(
    start: number,
    name: string | undefined,
    category: string | undefined,
  ): Iterable<number> {
    const inCategory = category === undefined ? undefined : (byCategory.get(category) ?? [])
    const blocks = name ? index()?.candidates(name, start >> BLOCK_BITS) : undefined
    if (inCategory && inCategory.length < (blocks?.length ?? Infinity) * 2 ** BLOCK_BITS)
      return inCategory
    return blocks === undefined ? range(start, products.length) : inBlocks(blocks)
  }

  function noProduct(productId: EntityId, where: string): string {
    const alike = typeof productId === 'number' ? `${productId}` : parseIdText(productId)
    const hint =
      alike !== undefined && byId.has(alike)
        ? ` There is a product ${idText(alike)}: a string and an integer are different ids.`
        : ''
    return `${where}${where === '' ? 'There' : 'there'} is no product ${idText(productId)}.${hint}`
  }

  return {
    size: products.length,
    find: (productId) => byId.get(productId),
    get(productId, where = '') {
      const product = byId.get(productId)
      if (product === undefined)
        throw new CartError('PRODUCT_NOT_FOUND', noProduct(productId, where))
      return product
    },
    search({ name, category, limit, cursor }) {
      const [wantedName, wantedCategory] = [name?.toLowerCase(), category?.toLowerCase()]
      const wanted = (i: number) =>
        (wantedName === undefined || names[i]?.includes(wantedName)) &&
        (wantedCategory === undefined || categories[i] === wantedCategory)
      const items: Product[] = []
      const start = cursor === undefined ? 0 : position(cursor, products.length)
      for (const i of positions(start, wantedName, wantedCategory)) {
        const product = products[i]
        if (i < start || product === undefined || !wanted(i)) continue
        if (items.length === limit) return { items, cursor: cursorOf(i) }
        items.push(product)
      }
      return { items, cursor: null }
    },
  }
}

function* range(start: number, end: number): Generator<number> {
  for (let i = start; i < end; i++) yield i
}

function* inBlocks(blocks: Uint32Array): Generator<number> {
  for (const block of blocks) yield* range(block << BLOCK_BITS, (block + 1) << BLOCK_BITS)
}

/** A value that the first call starts to make; `undefined` until it is there. */
function eventually<T>(make: () => Promise<T>): () => T | undefined {
  let value: T | undefined
  let started = false
  return () => {
    if (!started) void make().then((made) => (value = made))
    started = true
    return value
  }
}

function cursorOf(index: number): string {
  return Buffer.from(String(index)).toString('base64url')
}

function position(cursor: string, size: number): number {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{1,15}$/.test(text) || Number(text) >= size) {
    throw new CartError('VALIDATION_FAILED', 'cursor must be the next_cursor of a previous page')
  }
  return Number(text)
}
