import type { Catalog } from './catalog.ts'

/** A catalog that can be replaced while the service runs. */
export interface ReloadableCatalog extends Catalog {
  /** Replaces the products. If they cannot be loaded, the present ones stay and the error is thrown. */
  reload(): Promise<void>
}

/** @throws what `load` throws */
export async function openReloadable(load: () => Promise<Catalog>): Promise<ReloadableCatalog> {
  let current = await load()
  return {
    get size() {
      return current.size
    },
    find: (productId) => current.find(productId),
    get: (productId) => current.get(productId),
    search: (query) => current.search(query),
    async reload() {
      current = await load()
    },
  }
}
