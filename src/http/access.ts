import type { FastifyRequest } from 'fastify'
import { CartError } from '../cart/errors.ts'
import type { EntityId } from '../cart/ids.ts'
import type { CartStore } from '../store/cart-store.ts'
import { identityOfRequest, mayReach } from './auth.ts'

/** Keeps customers to their own carts. Another's cart is answered as one that is not there. */
export interface Access {
  /** CART_NOT_FOUND unless the caller may change the cart of that id. Costs nothing where no tokens are asked for. */
  requireCart(request: FastifyRequest, cartId: string): Promise<void>
  /** The same for the cart that is merged into another: a guest's is open to whoever knows its id. */
  requireSource(request: FastifyRequest, cartId: string): Promise<void>
  /** The same for a cart that has been read. */
  requireOwner(
    request: FastifyRequest,
    cart: { readonly cartId: string; readonly customerId: EntityId },
  ): void
}

/** How many owners are remembered: a cart's never changes, so a change need not look it up each time. */
const MOST_OWNERS = 100_000

export function createAccess(store: CartStore, clock: () => number): Access {
  const owners = new Map<string, EntityId>()

  async function ownerOf(cartId: string): Promise<EntityId> {
    const known = owners.get(cartId)
    if (known !== undefined) return known
    const owner = await store.getOwner(cartId, clock())
    if (owners.size >= MOST_OWNERS) owners.clear()
    owners.set(cartId, owner)
    return owner
  }

  return {
    async requireCart(request, cartId) {
      if (identityOfRequest(request).role === 'service') return
      if (!mayReach(request, await ownerOf(cartId))) throw new CartError('CART_NOT_FOUND')
    },
    async requireSource(request, cartId) {
      if (identityOfRequest(request).role === 'service') return
      const owner = await ownerOf(cartId)
      if (!isGuest(owner) && !mayReach(request, owner)) throw new CartError('CART_NOT_FOUND')
    },
    requireOwner(request, { customerId }) {
      if (!mayReach(request, customerId)) throw new CartError('CART_NOT_FOUND')
    },
  }
}

/** A shop gives visitors without an account ids such as `guest-5f3a`. */
function isGuest(customerId: EntityId): boolean {
  return typeof customerId === 'string' && customerId.startsWith('guest')
}
