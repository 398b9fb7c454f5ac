import type { FastifyRequest } from 'fastify'
import { CartError } from '../cart/errors.ts'
import type { EntityId } from '../cart/ids.ts'
import type { CartStore } from '../store/cart-store.ts'
import { identityOfRequest, mayReach } from './auth.ts'

/** Limits customers to their own carts. Carts of others are CART_NOT_FOUND. */
export interface Access {
  /** CART_NOT_FOUND unless the caller may change that cart. Costs nothing when no tokens are required. */
  requireCart(request: FastifyRequest, cartId: string): Promise<void>
  /** The same for the source of a merge: anybody who knows the id may merge a guest's cart. */
  requireSource(request: FastifyRequest, cartId: string): Promise<void>
  /** The same for a cart that has already been read. */
  requireOwner(
    request: FastifyRequest,
    cart: { readonly cartId: string; readonly customerId: EntityId },
  ): void
}

/** Number of owners that are cached. A cart's owner never changes. */
const MAX_OWNERS = 100_000

export function createAccess(store: CartStore, clock: () => number): Access {
  const owners = new Map<string, EntityId>()

  async function ownerOf(cartId: string): Promise<EntityId> {
    const known = owners.get(cartId)
    if (known !== undefined) return known
    const owner = await store.getOwner(cartId, clock())
    if (owners.size >= MAX_OWNERS) owners.clear()
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

/** Shops give visitors without an account an id such as `guest-5f3a`. */
function isGuest(customerId: EntityId): boolean {
  return typeof customerId === 'string' && customerId.startsWith('guest')
}
