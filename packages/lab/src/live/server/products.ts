import type { Id } from '../../cart-api/api.ts'
import type { Product } from '../protocol.ts'

/** Names for the shop on the page: the catalog of another service may have none. */
const NAMES = [
  'Teapot',
  'Lamp',
  'Chair',
  'Headphones',
  'Backpack',
  'Plant',
  'Clock',
  'Camera',
] as const

/** Products that the page offers: as many as every side has, at most eight. */
export function productNames(catalogs: readonly (readonly Id[])[]): Product[] {
  const count = Math.min(NAMES.length, ...catalogs.map((ids) => ids.length))
  return NAMES.slice(0, count).map((name, at) => ({ id: at + 1, name }))
}
