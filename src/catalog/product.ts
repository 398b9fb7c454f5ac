import type { EntityId } from '../cart/ids.ts'

/** Something that can be put into a cart. */
export interface Product {
  readonly productId: EntityId
  readonly name: string
  readonly category: string
  readonly description: string
  readonly brand: string
  /** Minor units of the service's currency. */
  readonly price: number
}

/**
 * The longest product name. A line keeps the name, and a cart of the most lines must stay below
 * DynamoDB's 400 KB an item.
 */
export const MAX_NAME_LENGTH = 200
