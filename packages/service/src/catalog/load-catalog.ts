import { currencyOf } from '../cart/money.ts'
import type { Config } from '../config/config.ts'
import { type Catalog, openCatalog } from './catalog.ts'
import { generateProducts } from './generate.ts'
import { readProducts } from './read-file.ts'

/** Number of products in the generated catalog; their ids are 1 to this number. */
export const GENERATED_PRODUCTS = 100_000

/** The catalog of `CATALOG_FILE` if it is set, otherwise the generated one. Fails with ConfigError. */
export async function loadCatalog(config: Config): Promise<Catalog> {
  const { digits } = currencyOf(config.CURRENCY)
  const products =
    config.CATALOG_FILE === undefined
      ? generateProducts(GENERATED_PRODUCTS, digits)
      : await readProducts(
          config.CATALOG_FILE,
          { currency: config.CURRENCY, digits },
          config.CATALOG_MAP,
        )
  return openCatalog(products)
}
