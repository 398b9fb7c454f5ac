import { type Attributes, attributesText, parseAttributes } from './attributes.ts'
import { type EntityId, idFromKey, idKey, parseEntityId } from './ids.ts'

/**
 * What identifies a line in its cart: the product and the attributes. A shirt in M and the same shirt in L are two lines.
 */
export interface LineIdentity {
  readonly productId: EntityId
  /** Absent if there are none. */
  readonly attributes?: Attributes
}

/** Separates product and attributes in a key. Neither `idKey` nor JSON without spaces contains it. */
export const KEY_SEPARATOR = '\n'

/**
 * The text form of a line's identity, for keys in databases: `idKey` of the product, followed by a line break and
 * `attributesText` if there are attributes. `lineFromKey` is its inverse. A line without attributes has the key that lines had
 * before there were attributes.
 */
export function lineKey({ productId, attributes }: LineIdentity): string {
  const product = idKey(productId)
  return attributes === undefined
    ? product
    : `${product}${KEY_SEPARATOR}${attributesText(attributes)}`
}

/** The inverse of `lineKey`. */
export function lineFromKey(key: string): LineIdentity {
  const end = key.indexOf(KEY_SEPARATOR)
  if (end === -1) return { productId: idFromKey(key) }
  return lineIdentity(idFromKey(key.slice(0, end)), JSON.parse(key.slice(end + 1)))
}

/** The identity of a line; no attributes are the same as an object without members. */
export function lineIdentity(productId: EntityId, attributes: Attributes = {}): LineIdentity {
  return Object.keys(attributes).length === 0 ? { productId } : { productId, attributes }
}

/** The id of a line in URLs and responses: opaque, letters, digits, `_` and `-`. Equal lines of any carts have the same. */
export function lineId(line: LineIdentity): string {
  return Buffer.from(lineKey(line)).toString('base64url')
}

/** The line with that id; `undefined` when `lineId` cannot have made the text. */
export function parseLineId(text: string): LineIdentity | undefined {
  try {
    const line = lineFromKey(Buffer.from(text, 'base64url').toString())
    const isAllowed =
      parseEntityId(line.productId) !== undefined && parseAttributes(line.attributes) !== undefined
    return isAllowed && lineId(line) === text ? line : undefined
  } catch {
    return undefined
  }
}
