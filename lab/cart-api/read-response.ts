import {
  CART_STATUSES,
  type CartStatus,
  type Line,
  type ListedCart,
} from '../../packages/histories/src/history/operation.ts'
import type { Api, PageShape, Pointer } from './api.ts'
import { versionOfTag } from './entity-tag.ts'

/** Reads response bodies (parsed JSON) of an API; `undefined` where a body does not hold what is asked for. */
export interface ResponseReader {
  /** The cart that a create made, or that an entry of a list shows. */
  cartId(body: unknown): string | undefined
  /** The lines of a cart as they are shown: a service may keep every add as a separate entry. */
  lines(body: unknown): readonly Line[] | undefined
  /** The same, added up to one line for each product. */
  units(body: unknown): readonly Line[] | undefined
  /** The version that a response names in its ETag, else in its body. */
  version(response: {
    readonly etag?: string | undefined
    readonly body: unknown
  }): number | undefined
  /** The status of a cart, where it is one that histories know. */
  status(body: unknown): CartStatus | undefined
  /** The stable code of a failure; only what is safe to show on a terminal. */
  errorCode(body: unknown): string | undefined
  /** One page of a customer's carts, and the cursor of the next one; `null` on the last. */
  page(body: unknown): { readonly carts: ListedCart[]; readonly next: string | null } | undefined
  /** How many orders a page of orders holds. */
  orderCount(body: unknown): number | undefined
}

const LONGEST_ID = 500

export function compileReader({ cart, carts, orders, errors }: Api): ResponseReader {
  const [idAt, versionAt, statusAt, linesAt] = [cart.id, cart.version, cart.status, cart.lines].map(
    compilePointer,
  ) as [Find, Find, Find, Find]
  const [productAt, quantityAt] = [compilePointer(cart.product), compilePointer(cart.quantity)]
  const codeAt = compilePointer(errors.code)
  const pageOf = compilePage(carts)
  const ordersOf = compilePage(orders)

  function lineOf(body: unknown): Line | undefined {
    const [product, quantity] = [productAt(body), quantityAt(body)]
    if (typeof product !== 'string' && typeof product !== 'number') return undefined
    return Number.isSafeInteger(quantity) ? [String(product), quantity as number] : undefined
  }

  function listedCart(body: unknown): ListedCart | undefined {
    const id = reader.cartId(body)
    if (id === undefined) return undefined
    const [version, cart_status] = [reader.version({ body }), reader.status(body)]
    return { cart: id, version, cart_status, lines: reader.units(body) }
  }

  const reader: ResponseReader = {
    cartId(body) {
      const id = idAt(body)
      if (typeof id === 'string' && id.length >= 1 && id.length <= LONGEST_ID) return id
      return typeof id === 'number' ? String(id) : undefined
    },
    lines: (body) => allOf(linesAt(body), lineOf),
    units(body) {
      const lines = reader.lines(body)
      if (lines === undefined) return undefined
      const units = new Map<string, number>()
      for (const [product, quantity] of lines)
        units.set(product, (units.get(product) ?? 0) + quantity)
      return [...units]
    },
    version({ etag, body }) {
      const version = versionAt(body)
      return versionOfTag(etag) ?? (Number.isSafeInteger(version) ? (version as number) : undefined)
    },
    status: (body) => CART_STATUSES.find((known) => known === statusAt(body)),
    errorCode(body) {
      const code = codeAt(body)
      return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : undefined
    },
    page(body) {
      const page = pageOf(body)
      const listed = allOf(page?.entries, listedCart)
      return page && listed && { carts: listed, next: page.next }
    },
    orderCount: (body) => ordersOf(body)?.entries.length,
  }
  return reader
}

type Find = (body: unknown) => unknown

function compilePointer(pointer: Pointer): Find {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (body) =>
    path.reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined,
      body,
    )
}

function compilePage({ entries, next }: PageShape) {
  const [entriesAt, nextAt] = [compilePointer(entries), compilePointer(next)]
  return (body: unknown) => {
    const [found, cursor] = [entriesAt(body), nextAt(body)]
    if (!Array.isArray(found)) return undefined
    return { entries: found as unknown[], next: typeof cursor === 'string' ? cursor : null }
  }
}

/** Every element of an array read; `undefined` for what is not an array of such elements. */
function allOf<T>(list: unknown, read: (element: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(list)) return undefined
  const found = list.map(read)
  return found.every((element) => element !== undefined) ? found : undefined
}
