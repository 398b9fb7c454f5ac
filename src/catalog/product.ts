import type { EntityId } from '../cart/ids.ts'

/** A product that can be added to a cart. */
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
 * Maximum length of a product name. A line keeps the name, and a cart with the maximum number of lines must stay below
 * DynamoDB's 400 KB per item.
 */
export const MAX_NAME_LENGTH = 200
