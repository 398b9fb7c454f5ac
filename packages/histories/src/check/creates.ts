import type { Operation } from '../history/operation.ts'
import type { Violation } from './report.ts'
import { violation } from './tally.ts'

/**
 * Attempts at one create, under one idempotency key of one customer, that created different carts.
 *
 * @param creates acknowledged creates of a service that honours keys
 */
export function checkCreates(creates: readonly Operation[]): Violation[] {
  const first = new Map<string, Operation>()
  const violations: Violation[] = []
  for (const create of creates) {
    if (create.key === undefined) continue
    const name = `${create.customer} ${create.key}`
    const known = first.get(name)
    if (known === undefined) first.set(name, create)
    else if (known.cart !== create.cart) {
      const message = 'two attempts to create a cart under one idempotency key created two carts'
      violations.push(
        violation('lines', 'changes', 'duplicated_change', create.cart, message, [known, create]),
      )
    }
  }
  return violations
}
