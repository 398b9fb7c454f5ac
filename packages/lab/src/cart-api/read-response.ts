import { CART_STATUSES, type CartStatus, type Line, type ListedCart } from '@pushcart/histories'
import type { Api, PageShape, Pointer } from './api.ts'
import { versionOfTag } from './entity-tag.ts'
import { compileAll, compilePointer, type Find } from './pointer.ts'

/** Reads response bodies (parsed JSON) of an API; `undefined` where a body does not hold what is asked for. */
export interface ResponseReader {
  /** The cart that a create made, or that an entry of a list shows. */
  cartId(body: unknown): string | undefined
  /** The lines of a cart as they are shown: a service may keep every add as a separate entry. */
  lines(body: unknown): readonly Line[] | undefined
  /** The same, added up to one line for each product. */
  units(body: unknown): readonly Line[] | undefined
  /** The id of a product's line, where the API has ids of lines. */
  lineId(body: unknown, product: string): string | undefined
  /** The version that a response names in its ETag, else in its body. */
  version(response: {
    readonly etag?: string | undefined
    readonly body: unknown
  }): number | undefined
  /** The status of a cart, where it is one that histories know. */
  status(body: unknown): CartStatus | undefined
  /** The stable code of a failure; only what is safe to show on a terminal. */
  errorCode(body: unknown): string | undefined
  /** Whether a body says that the change was refused, or that it failed, whatever the status. */
  problem(body: unknown): 'refused' | 'failed' | undefined
  /** One page of a customer's carts, and the cursor of the next one; `null` on the last. */
  page(body: unknown): { readonly carts: ListedCart[]; readonly next: string | null } | undefined
  /** How many orders a page of orders holds. */
  orderCount(body: unknown): number | undefined
}

const LONGEST_ID = 500

export function compileReader({ cart, carts, orders, errors = {} }: Api): ResponseReader {
  const find = (pointer: Pointer | undefined): Find =>
    pointer === undefined ? () => undefined : compilePointer(pointer)
  const [idAt, versionAt, statusAt] = [find(cart.id), find(cart.version), find(cart.status)]
  const [productAt, quantityAt, lineAt] = [find(cart.product), find(cart.quantity), find(cart.line)]
  const allLines = compileAll(cart.lines)
  const linesAt = (body: unknown) => {
    const found = allLines(body)
    // A body that is no JSON shows no cart, not even an empty one.
    const isEmpty = cart.missing_lines === 'empty' && typeof body === 'object'
    return found ?? (isEmpty ? [] : undefined)
  }
  const [codeAt, refusedAt, failedAt] = [
    findFirst(errors.code),
    findFirst(errors.refused),
    findFirst(errors.failed),
  ]
  const pageOf = compilePage(carts)
  const ordersOf = compilePage(orders)

  function lineOf(body: unknown): Line | undefined {
    const [product, quantity] = [textOf(productAt(body)), quantityAt(body)]
    if (product === undefined) return undefined
    return Number.isSafeInteger(quantity) ? [product, quantity as number] : undefined
  }

  function listedCart(body: unknown): ListedCart | undefined {
    const id = reader.cartId(body)
    if (id === undefined) return undefined
    const [version, cart_status] = [reader.version({ body }), reader.status(body)]
    return { cart: id, version, cart_status, lines: reader.units(body) }
  }

  const reader: ResponseReader = {
    cartId: (body) => textOf(idAt(body)),
    lines: (body) => allOf(linesAt(body), lineOf),
    units(body) {
      const lines = reader.lines(body)
      if (lines === undefined) return undefined
      const units = new Map<string, number>()
      for (const [product, quantity] of lines)
        units.set(product, (units.get(product) ?? 0) + quantity)
      return [...units]
    },
    lineId(body, product) {
      const line = linesAt(body)?.find((one) => textOf(productAt(one)) === product)
      return textOf(lineAt(line))
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
    problem(body) {
      if (isThere(refusedAt(body))) return 'refused'
      return isThere(failedAt(body)) ? 'failed' : undefined
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

/** An id as a text. */
export function textOf(id: unknown): string | undefined {
  if (typeof id === 'string' && id.length >= 1 && id.length <= LONGEST_ID) return id
  return typeof id === 'number' ? String(id) : undefined
}

/** The value of the first of some pointers that has one. */
function findFirst(pointers: Pointer | readonly Pointer[] = []): Find {
  const all = [pointers].flat().map((pointer) => compilePointer(pointer as Pointer))
  if (all.length === 1 && all[0] !== undefined) return all[0]
  return (body) => {
    for (const find of all) {
      const value = find(body)
      if (isThere(value)) return value
    }
    return undefined
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

function compilePage(shape: PageShape | undefined) {
  if (shape === undefined) return () => undefined
  const [entriesAt, nextAt] = [compilePointer(shape.entries), compilePointer(shape.next)]
  return (body: unknown) => {
    const [found, cursor] = [entriesAt(body), nextAt(body)]
    if (!Array.isArray(found)) return undefined
    return { entries: found as unknown[], next: typeof cursor === 'string' ? cursor : null }
  }
}

/** Every element of a list read; `undefined` where one of them cannot be. */
function allOf<T>(
  list: unknown[] | undefined,
  read: (element: unknown) => T | undefined,
): T[] | undefined {
  if (list === undefined) return undefined
  const found = list.map(read)
  return found.every((element) => element !== undefined) ? found : undefined
}
