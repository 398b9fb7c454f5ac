import { CartError } from '../cart/errors.ts'

/**
 * The cart is not in this database, or can no longer be changed in it, because of a move (`docs/moving.md`). The store of a
 * moving pair catches it and goes where the cart is. Whoever else meets it has settings of before the move, and must retry.
 */
export class CartAway extends CartError {
  constructor() {
    super('STORE_BUSY', 'The cart is being moved to another database.')
  }
}
