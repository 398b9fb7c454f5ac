import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { compareLines, countUnits, type Line } from '../../cart/cart.ts'
import { type EntityId, idFromKey, idKey } from '../../cart/ids.ts'
import { type Item, mapIn, number, numberIn, textIn } from './attributes.ts'

/**
 * The lines of a cart in its item.
 *
 *     units    N                                units of all lines
 *     qty      { p<product>: N }                units
 *     line     { p<product>: { n, p, t } }      name, price, time added: written once
 *     changed  { p<product>: N }                time of the last change
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
        productId: idFromKey(key.slice(productKey('').length)),
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
 * The key of a product inside the maps. The prefix protects programs that rebuild the map as an object from a product
 * called `__proto__`: the current SDK handles it, not every tool does.
 */
export function productKey(productId: EntityId): string {
  return `p${idKey(productId)}`
}

/** The part of a line that never changes. */
export function fixedPart(line: Pick<Line, 'productName' | 'unitPrice' | 'createdAt'>) {
  return {
    M: { n: { S: line.productName }, p: number(line.unitPrice), t: number(line.createdAt) },
  }
}

function mapOf(lines: readonly Line[], value: (line: Line) => AttributeValue): AttributeValue {
  return { M: Object.fromEntries(lines.map((line) => [productKey(line.productId), value(line)])) }
}
