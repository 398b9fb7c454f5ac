import type { Random } from '../../random/random.ts'
import type { Operation } from '../../results/operations.ts'

/** The next operation, without its time. */
export interface Deal {
  readonly operation: Operation
  /** The cart: a prepared one or a shopper's. -1 for a new cart that is not used again. */
  readonly slot: number
  /** Of `create_cart`, else 0. */
  readonly customerId: number
  /** Of `add_items`, else 0. */
  readonly productId: number | string
  /** Of `add_items`, else 0. */
  readonly quantity: number
}

/** Returns one operation after another. */
export type Mix = () => Deal

const CUSTOMERS = 10_000
const MAX_QUANTITY = 3

export function dealCreate(random: Random, slot: number): Deal {
  const customerId = random.integer(1, CUSTOMERS)
  return { operation: 'create_cart', slot, customerId, productId: 0, quantity: 0 }
}

export function dealAdd(random: Random, slot: number, productId: number | string): Deal {
  const quantity = random.integer(1, MAX_QUANTITY)
  return { operation: 'add_items', slot, customerId: 0, productId, quantity }
}

/** A get or a checkout. */
export function dealPlain(operation: Operation, slot: number): Deal {
  return { operation, slot, customerId: 0, productId: 0, quantity: 0 }
}
