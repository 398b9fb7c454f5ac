import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item } from './attributes.ts'

/**
 * Bytes of an item by the rules that Amazon publishes: names and strings count their UTF-8 bytes, a
 * number about one byte per two significant digits and one more, a map or list three bytes and one per entry. Of sets they
 * say nothing more than their members' bytes; the same three and one are assumed.
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  )
}

/** Write units of a change of an item that is `bytes` long before or after it, whichever is more. */
export const writeUnits = (bytes: number) => Math.ceil(bytes / 1024)

/** Read units of a strong read; an eventual one is half. */
export const readUnits = (bytes: number) => Math.ceil(bytes / 4096)

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return Math.ceil(significantDigits(value.N) / 2) + 1
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M)
  if (value.SS !== undefined)
    return value.SS.reduce((sum, text) => sum + 1 + Buffer.byteLength(text), 3)
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueSize(each), 3)
  throw new Error('the store uses strings, numbers, maps, lists and sets of strings only')
}

function significantDigits(number: string): number {
  return number.replace(/^0+|0+$/g, '').length
}
