import type { Operation } from '../../../src/index.ts'
import { type Cart, changed, frozen, isThere, joined, NO_CART } from './rules.ts'

/** A planned operation with the moments at which it takes effect: none, one, or two for a merge (source, target). */
export interface Planned {
  readonly operation: Operation
  readonly moments: readonly number[]
}

type Answer = Partial<Operation>

/** Executes the operations in order of their moments and records the response of each. */
export function play(planned: readonly Planned[], versions: boolean): Operation[] {
  const carts = new Map<string, Cart>()
  const answers = new Map<Operation, Answer>()
  for (const { operation, step } of inOrder(planned)) {
    const known = answers.get(operation)
    if (known?.error === undefined)
      answers.set(operation, { ...known, ...happen(operation, step, carts) })
  }
  return planned.map(({ operation }) => {
    // A client that has given up gets no response.
    if (operation.status === 'info') return operation
    const { version, ...answer } = answers.get(operation) ?? {}
    return { ...operation, ...answer, ...(versions && version !== undefined && { version }) }
  })
}

type Delivery = 'whole' | 'out' | 'in'

function inOrder(planned: readonly Planned[]): { operation: Operation; step: Delivery }[] {
  return planned
    .flatMap(({ operation, moments }) =>
      moments.slice(operation.kind === 'merge' ? 0 : 1).map((moment, at) => ({
        operation,
        moment,
        step: (operation.kind === 'merge' ? (at === 0 ? 'out' : 'in') : 'whole') as Delivery,
      })),
    )
    .sort((a, b) => a.moment - b.moment)
}

function happen(operation: Operation, step: Delivery, carts: Map<string, Cart>): Answer {
  const { kind, cart, from = '' } = operation
  const held = carts.get(cart) ?? NO_CART
  if (kind === 'get') return seen(held)
  const source = carts.get(from) ?? NO_CART
  const [id, outcome] =
    step === 'out'
      ? [from, frozen(operation, source)]
      : [cart, step === 'in' ? joined(operation, held, source) : changed(operation, held)]
  // The merge stopped half done, so it must not be recorded as refused.
  if (typeof outcome === 'string')
    return { status: step === 'in' ? 'info' : 'fail', error: outcome }
  carts.set(id, outcome)
  return step === 'out' ? {} : { version: outcome.version }
}

function seen(cart: Cart): Answer {
  if (!isThere(cart)) return { status: 'fail', error: 'not_found' }
  const { lines, version, status } = cart
  return { lines: Object.entries(lines), version, cart_status: status as Operation['cart_status'] }
}
