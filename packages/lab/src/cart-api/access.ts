import type { Api, Id } from './api.ts'
import type { Tls } from './exchange.ts'
import { pushcartDescription } from './pushcart-api.ts'
import type { Constants } from './template.ts'

/**
 * How a service is reached and spoken to. Plain data, so that it can be sent to another process; functions of a module
 * are not, so `module` says where to import them again.
 */
export interface Access {
  readonly api: Api
  /** Path of the module that `api` comes from. */
  readonly module?: string | undefined
  /** Sent with every request, and never written anywhere. */
  readonly headers: Readonly<Record<string, string>>
  readonly tls: Tls
  /** Values of `{session.NAME}`. */
  readonly session: Constants
  /** Cookies of the set-up, by name. */
  readonly cookies: Cookies
  /** Products to add; `undefined`: 1 to 1000. */
  readonly products?: readonly Id[] | undefined
  /** Owners of carts; `undefined`: any number. */
  readonly customers?: readonly Id[] | undefined
  /** Adds are of one unit each. */
  readonly singleUnits: boolean
  /** What was captured of each cart, by its id. Clients of one target share it. */
  readonly carts: Map<string, CartState>
}

export type Cookies = Readonly<Record<string, string>>

export interface CartState {
  readonly captured: Readonly<Record<`cart.${string}`, string>>
  readonly cookies: Cookies
}

/** The access to a service with pushcart's API that needs no more than its URL. */
export function plainAccess(): Access {
  return {
    api: pushcartDescription,
    headers: {},
    tls: {},
    session: {},
    cookies: {},
    singleUnits: false,
    carts: new Map(),
  }
}

/** The products that tests choose from. */
const PRODUCTS = Array.from({ length: 1000 }, (_, index) => index + 1)

export function productsOf({ products }: Pick<Access, 'products'>): readonly Id[] {
  return products ?? PRODUCTS
}

/** The product to use for a planned one: plans count products from 1, unless they name ids of their own. */
export function productOf({ products }: Pick<Access, 'products'>, planned: Id): Id {
  if (products === undefined || typeof planned !== 'number') return planned
  return products[(planned - 1) % products.length] ?? planned
}

/** The customer to use for a planned one: the same for the same. */
export function customerOf({ customers }: Pick<Access, 'customers'>, planned: Id): Id {
  if (customers === undefined) return planned
  return customers[Number(planned) % customers.length] ?? planned
}

/** Whether something has to be kept for each cart. */
export function keepsCarts({ api }: Pick<Access, 'api'>): boolean {
  return (
    api.cookies === 'cart' ||
    Object.values(api.operations).some(({ capture }) => capture !== undefined)
  )
}
