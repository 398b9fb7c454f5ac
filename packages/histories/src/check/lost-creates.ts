import { pushTo } from '../group-by.ts'
import type { Operation } from '../history/operation.ts'
import type { Survey } from './cart-index.ts'

/**
 * Adds to each cart the attempts at its creation that got no response, and so name no cart: a list may show the cart before
 * the attempt that was acknowledged began.
 *
 * @param surveyed of a service that honours keys
 */
export function adoptLostCreates(
  operations: readonly Operation[],
  { creates, carts }: Pick<Survey, 'creates' | 'carts'>,
): void {
  const lost = new Map<string, Operation[]>()
  for (const operation of operations)
    if (operation.kind === 'create' && operation.cart === '' && operation.status === 'info')
      pushTo(lost, nameOf(operation), operation)
  if (lost.size === 0) return
  for (const create of creates) {
    const name = nameOf(create)
    const attempts = create.key === undefined ? [] : (lost.get(name) ?? [])
    for (const attempt of attempts) carts.get(create.cart)?.push({ ...attempt, cart: create.cart })
    lost.delete(name)
  }
}

/** Keys belong to a customer. */
function nameOf({ customer, key }: Operation): string {
  return `${customer} ${key}`
}
