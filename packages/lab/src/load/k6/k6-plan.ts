import { type Access, customerOf, productOf } from '../../cart-api/access.ts'
import type { Id } from '../../cart-api/api.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { hasSessions, type LoadSpec } from '../../results/load-spec.ts'
import { OPERATIONS } from '../../results/operations.ts'
import { planCarts } from '../schedule/planned-carts.ts'
import { openSchedule } from '../schedule/schedule.ts'

/** `[customer, product, quantity, product, quantity, ...]` of a cart that is prepared before the run. */
export type K6Cart = readonly Id[]

/** `[operation, cart]`, of a create the customer and of an add the product and the quantity behind it. */
export type K6Step = readonly Id[]

export interface K6Plan {
  readonly carts: readonly K6Cart[]
  readonly steps: readonly K6Step[]
}

/** A script holds the steps as text, and k6 reads it in each virtual user's start. */
const MAX_STEPS = 200_000

/**
 * The steps of a load for virtual users, who cannot pass on the id of a cart that one of them has created. So each cart of
 * the run is prepared: those of the load's start with their lines, and an empty one for each create. The creates are sent
 * as well, and their carts not used again.
 *
 * @throws UsageError for a load whose steps have no end or are too many
 */
export function planForK6(spec: LoadSpec, access: Access): K6Plan {
  requireList(spec)
  const quantityOf = (drawn: number) => (access.singleUnits ? 1 : drawn)
  const carts: K6Cart[] = []
  /** The index in `carts` of the cart that a slot has now. */
  const current = new Map<number, number>()
  const prepare = (slot: number, cart: K6Cart) => current.set(slot, carts.push(cart) - 1)
  for (const { slot, customer, lines } of planCarts(spec).plan) {
    // The shoppers of the warm-up, which a script does not have, come last.
    if (hasSessions(spec) && slot >= spec.shoppers) break
    const adds = lines.flatMap(({ product, quantity }) => [
      productOf(access, product),
      quantityOf(quantity),
    ])
    prepare(slot, [customerOf(access, customer), ...adds])
  }
  // k6 starts iterations at equal distances, whatever the arrivals of the spec.
  const schedule = openSchedule({ ...spec, arrivals: 'constant' })
  const steps: K6Step[] = []
  for (let step = schedule.next(); step !== null; step = schedule.next()) {
    const { operation, slot, customerId, productId, quantity } = step
    const index = OPERATIONS.indexOf(operation)
    const cart = current.get(slot) ?? -1
    if (operation === 'create_cart') {
      const customer = customerOf(access, customerId)
      steps.push([index, -1, customer])
      if (slot >= 0) prepare(slot, [customer])
    } else if (operation === 'add_items')
      steps.push([index, cart, productOf(access, productId), quantityOf(quantity)])
    else steps.push([index, cart])
  }
  return { carts, steps }
}

/** @throws UsageError for a load whose steps have no end or are too many */
function requireList(spec: LoadSpec): void {
  if (spec.loop === 'closed' && spec.operations === null)
    throw new UsageError(
      'export: a closed loop requires --operations, since a script lists its steps',
    )
  const expected = spec.operations ?? (spec.rate ?? 0) * spec.duration_s
  if (expected > MAX_STEPS)
    throw new UsageError(
      `export: a script may have ${MAX_STEPS} steps (got ${Math.ceil(expected)}); lower --rate or --duration`,
    )
}
