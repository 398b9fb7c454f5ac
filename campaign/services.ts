import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateProducts } from '../packages/service/src/catalog/generate.ts'
import { type Database, openDatabase, type Store } from './database.ts'
import { type Instance, openInstance } from './service.ts'

/** As many as recordings use. The default catalog of 100,000 takes a third of the CPU time of a start. */
const PRODUCTS = 1000

/** A database with instances of the service on it. */
export interface Services extends AsyncDisposable {
  readonly database: Database
  readonly instances: readonly [Instance, ...Instance[]]
}

export interface ServicesOptions {
  readonly store: Store
  readonly folder: string
  /** Number of instances; default 1. */
  readonly count?: number | undefined
  /** Further settings of each instance. Reads are strong by default. */
  readonly settings?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly through?: readonly string[]
}

export async function openServices({
  store,
  folder,
  count = 1,
  settings: more = {},
  args = [],
  through = [],
}: ServicesOptions): Promise<Services> {
  await using opened = new AsyncDisposableStack()
  const database = opened.use(await openDatabase(store, folder))
  const catalog = join(folder, 'catalog.json')
  const products = generateProducts(PRODUCTS, 2).map(({ productId, name, price }) => ({
    product_id: productId,
    name,
    price: price / 100,
  }))
  await writeFile(catalog, JSON.stringify(products))
  const settings = {
    ...database.settings,
    CATALOG_FILE: catalog,
    CART_STORE_TYPE: store,
    READ_CONSISTENCY: 'strong',
    ...more,
  }
  const open = async (migrate: readonly string[]) =>
    opened.use(await openInstance({ settings, args: [...migrate, ...args], through }))
  const first = await open(['--migrate'])
  const others = Array.from({ length: count - 1 }, () => open([]))
  const instances = [first, ...(await Promise.all(others))] as const
  const owned = opened.move()
  return { database, instances, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
