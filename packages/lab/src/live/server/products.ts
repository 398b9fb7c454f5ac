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

/** Products that the page offers; shoppers of the load buy the first ones too. */
export function productNames(ids: readonly Id[]): Product[] {
  return NAMES.flatMap((name, at) => {
    const id = ids[at]
    return id === undefined ? [] : [{ id, name }]
  })
}
