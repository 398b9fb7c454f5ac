import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { attributesText } from '../../cart/attributes.ts'
import { compareLines, countUnits, type Line } from '../../cart/cart.ts'
import { idFromKey, idKey } from '../../cart/ids.ts'
import { KEY_SEPARATOR, type LineIdentity } from '../../cart/line-key.ts'
import { type Item, mapIn, number, numberIn, textIn } from './attributes.ts'

/**
 * The lines of a cart in its item.
 *
 *     units    N                          units of all lines
 *     qty      { <key>: N }               units
 *     line     { <key>: { n, p, t, a } }  name, price, time added, attributes
 *     changed  { <key>: N }               time of the last change
 *
 * A key is `p<product>`, and for a line with attributes `p<product>`, a line break and a digest of the attributes: a key occurs
 * three times, and as a name in an expression it must stay short. `a` is their JSON; it is absent without attributes.
 *
 * Three flat maps instead of one map of lines, because an update expression cannot create a nested map and add to a number
 * inside it. With flat maps, one update can create a line or increase its quantity.
 */
export function linesOf(
  lines: readonly Line[],
): Record<'qty' | 'line' | 'changed' | 'units', AttributeValue> {
  return {
    qty: mapOf(lines, (line) => number(line.quantity)),
    line: mapOf(lines, (line) => fixedPart(line)),
    changed: mapOf(lines, (line) => number(line.updatedAt)),
    units: number(countUnits(lines)),
  }
}

/** The lines in `item`, in `compareLines` order. */
export function linesIn(item: Item): Line[] {
  const [quantities, fixed, changed] = [
    mapIn(item, 'qty'),
    mapIn(item, 'line'),
    mapIn(item, 'changed'),
  ]
  return Object.keys(quantities)
    .map((key): Line => {
      const line = mapIn(fixed, key)
      return {
        productId: idFromKey(key.slice(PREFIX.length).split(KEY_SEPARATOR, 1)[0] ?? ''),
        ...(line.a !== undefined && { attributes: JSON.parse(textIn(line, 'a')) }),
        productName: textIn(line, 'n'),
        unitPrice: numberIn(line, 'p'),
        quantity: numberIn(quantities, key),
        createdAt: numberIn(line, 't'),
        updatedAt: numberIn(changed, key),
      }
    })
    .sort(compareLines)
}

/**
 * The key of a line inside the maps. The prefix protects programs that rebuild the map as an object from a product
 * called `__proto__`: the current SDK handles it, not every tool does.
 */
export function mapKey({ productId, attributes }: LineIdentity): string {
  const product = `${PREFIX}${idKey(productId)}`
  return attributes === undefined ? product : `${product}${KEY_SEPARATOR}${digest(attributes)}`
}

const PREFIX = 'p'

/** 132 bits, so that different attributes have different digests. */
function digest(attributes: NonNullable<LineIdentity['attributes']>): string {
  const text = attributesText(attributes)
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** The part of a line that adds do not change. */
export function fixedPart({
  productName,
  unitPrice,
  createdAt,
  attributes,
}: Pick<Line, 'productName' | 'unitPrice' | 'createdAt' | 'attributes'>) {
  return {
    M: {
      n: { S: productName },
      p: number(unitPrice),
      t: number(createdAt),
      ...(attributes !== undefined && { a: { S: attributesText(attributes) } }),
    },
  }
}

function mapOf(lines: readonly Line[], value: (line: Line) => AttributeValue): AttributeValue {
  return { M: Object.fromEntries(lines.map((line) => [mapKey(line), value(line)])) }
}
