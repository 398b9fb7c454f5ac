import { createHash } from 'node:crypto'
import type { Attributes } from '../cart/attributes.ts'
import { type Cart, countUnits, type Line, totalPrice } from '../cart/cart.ts'
import type { EntityId } from '../cart/ids.ts'
import { lineId } from '../cart/line-key.ts'
import { type Currency, toDecimal } from '../cart/money.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Order } from '../store/cart-store.ts'
import { isoTime } from './iso-time.ts'
import { createWarnings } from './line-warnings.ts'
import { inOnePiece } from './one-piece.ts'

/** `content-type` of a response that is sent as text from here. */
export const JSON_TYPE = 'application/json; charset=utf-8'

/** Writes carts and orders as JSON text. */
export interface CartText {
  /**
   * As `CartOut` says.
   *
   * @param variant the result of `variant` for this cart, if that is known: without warnings, the catalog is not asked again
   */
  cart(cart: Cart, variant?: string): string
  /**
   * What distinguishes the text of this cart from other texts of the same version: empty without warnings, otherwise a digest
   * of them. Everything else in the text is of the cart and changes with its version only.
   */
  variant(cart: Cart): string
  /** What has changed about the products of the cart, by line, as `CART_HAS_WARNINGS` reports it. */
  warnings(cart: Cart): readonly object[]
  /** As `OrderOut` says. */
  order(order: Order): string
}

/**
 * The one place where carts and orders become JSON. It writes text and not objects, because carts are what most requests
 * read: for a cart of five lines, it takes half the time of `JSON.stringify` on an object, sending included. Only names and
 * textual ids can contain characters that JSON escapes. A test compares the text with the serialiser of the schemas.
 *
 * @param currency of the catalog; a cart has its own
 * @param catalog  today's products, for the warnings of lines whose product has changed
 */
export function createCartText(currency: Currency, catalog: Catalog): CartText {
  const warningOf = createWarnings(currency, catalog)
  function warningsText(line: Line, priced: Currency): string {
    const warning = warningOf(line, priced)
    return warning === undefined ? '' : `,"warnings":${JSON.stringify([warning])}`
  }
  const startOf = createLineStarts()
  const timesText = createTimesText()

  /** @param warns whether the lines can still be bought, so that changes of the catalog matter */
  function contentText({ lines, currency: { code, digits }, currency }: Cart, warns: boolean) {
    let items = ''
    for (const line of lines) {
      items += `${startOf(line, digits, items === '')}${line.quantity}`
      items += timesText(line.createdAt, line.updatedAt)
      if (line.attributes !== undefined) items += attributesText(line.attributes)
      if (warns) items += warningsText(line, currency)
      items += '}'
    }
    return (
      `"items":[${items}],"item_count":${countUnits(lines)}` +
      `,"total_amount":${toDecimal(totalPrice(lines), digits)},"currency":"${code}"`
    )
  }

  return {
    variant(cart) {
      if (!isChangeable(cart)) return ''
      const { lines, currency: priced } = cart
      if (lines.every((line) => warningOf(line, priced) === undefined)) return ''
      return digest(lines.map((line) => warningsText(line, priced)))
    },
    cart: (cart, variant) =>
      `{"shopping_cart_id":"${cart.cartId}","customer_id":${idText(cart.customerId)}` +
      `,"status":"${cart.status}","version":${cart.version}` +
      `,${contentText(cart, variant !== '' && isChangeable(cart))}` +
      timesText(cart.createdAt, cart.updatedAt) +
      `,"expires_at":${cart.expiresAt === null ? null : `"${isoTime(cart.expiresAt)}"`}}`,
    warnings: (cart) =>
      cart.lines.flatMap((line) => {
        const warning = warningOf(line, cart.currency)
        return warning === undefined
          ? []
          : [{ product_id: line.productId, line_id: lineId(line), ...warning }]
      }),
    order: (order) =>
      `{"order_id":"${order.cartId}","customer_id":${idText(order.customerId)}` +
      `,${contentText(order, false)},"ordered_at":"${isoTime(order.orderedAt)}"}`,
  }
}

/** The texts of the lines of one product up to the quantity, and what they are made of. */
interface LineStarts {
  readonly name: string
  readonly price: number
  readonly digits: number
  /** Of the first line of a cart. */
  readonly first: string
  /** Of another line. */
  readonly later: string
}

/** Maximum of kept products, with two texts of about 150 bytes each. */
const MAX_STARTS = 10_000

/**
 * Keeps the part of a line's text that is the same in all carts with that product at that price, with the comma before it. Every piece of
 * a text costs twice, when it is appended and when the text is sent.
 */
function createLineStarts(): (line: Line, digits: number, isFirst: boolean) => string {
  const products = new Map<EntityId, LineStarts>()
  return (line, digits, isFirst) => {
    const { productId, productName: name, unitPrice: price, attributes } = line
    if (attributes !== undefined) return startText(line, digits, isFirst)
    const known = products.get(productId)
    if (known?.name === name && known.price === price && known.digits === digits)
      return isFirst ? known.first : known.later
    const first = inOnePiece(startText(line, digits, true))
    const later = inOnePiece(startText(line, digits, false))
    if (products.size >= MAX_STARTS) products.clear()
    products.set(productId, { name, price, digits, first, later })
    return isFirst ? first : later
  }
}

/** The texts of two times. Lines that were added together have the same, so the last one is kept. */
function createTimesText(): (createdAt: number, updatedAt: number) => string {
  let created = Number.NaN
  let updated = Number.NaN
  let text = ''
  return (createdAt, updatedAt) => {
    if (createdAt === created && updatedAt === updated) return inOnePiece(text)
    text = `,"created_at":"${isoTime(createdAt)}","updated_at":"${isoTime(updatedAt)}"`
    created = createdAt
    updated = updatedAt
    return text
  }
}

function startText(line: Line, digits: number, isFirst: boolean): string {
  return (
    `${isFirst ? '' : ','}{"product_id":${idText(line.productId)},"line_id":"${lineId(line)}"` +
    `,"product_name":${JSON.stringify(line.productName)}` +
    `,"product_price":${toDecimal(line.unitPrice, digits)},"quantity":`
  )
}

function idText(id: EntityId): string {
  return typeof id === 'number' ? `${id}` : JSON.stringify(id)
}

function attributesText(attributes: Attributes): string {
  return `,"attributes":${JSON.stringify(attributes)}`
}

/** Whether the prices of the cart can still change what is bought, so that it is shown with warnings. */
function isChangeable({ status }: Cart): boolean {
  return status === 'active'
}

/** 66 bits: enough to tell the few texts of one version apart. */
function digest(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url').slice(0, 11)
}
