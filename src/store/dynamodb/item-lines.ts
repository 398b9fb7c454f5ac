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
 * Three flat maps in place of one map of lines, because an update expression cannot both make a nested
 * map and add to a number inside it: this way a line is made or increased by one and the same update.
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
 * The key of a product inside the maps. The prefix keeps a product called `__proto__` from being taken
 * for a prototype by whatever rebuilds the map as an object: today's SDK takes care, not every tool does.
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
