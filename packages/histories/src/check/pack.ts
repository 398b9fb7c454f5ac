import {
  type CartStatus,
  type Kind,
  type Line,
  type Operation,
  READ_MODES,
  type ReadMode,
  type Status,
  type Strategy,
} from '../history/operation.ts'
import type { ReadAge } from './staleness.ts'

/**
 * Operations as numbers in memory that threads share; texts are indexes into a table. Cloning the objects takes as long as
 * checking them (5-9 us each for both ends, against 1.5 us for packing and unpacking). Only fields that the checks of
 * carts use are packed; violations are mapped back to the original operations by id.
 */
export interface Packed {
  readonly rows: Float64Array
  /** Product and units, two numbers per line. */
  readonly lines: Float64Array
  readonly texts: readonly string[]
  /** For every part, the start of its rows and of its lines: two numbers, and two more at the end. */
  readonly parts: Float64Array
}

/** Numbers per row: the fields below in this order, undefined as NaN. */
const WIDTH = 19

/** @param parts lists of operations; each can be unpacked alone */
export function pack(parts: readonly (readonly Operation[])[]): Packed {
  let [rowCount, lineCount] = [0, 0]
  for (const part of parts) {
    rowCount += part.length
    for (const { lines } of part) lineCount += lines?.length ?? 0
  }
  const packed = {
    rows: shared(rowCount * WIDTH),
    lines: shared(lineCount * 2),
    parts: shared(parts.length * 2 + 2),
  }
  const writer = createWriter(packed)
  for (const part of parts) writer.write(part)
  return { ...packed, texts: writer.end() }
}

function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT))
}

function createWriter({ rows, lines, parts }: Omit<Packed, 'texts'>) {
  const indexes = new Map<string, number>()
  const keys = new Map<string, number>()
  let [at, line, part] = [0, 0, 0]

  function indexIn(known: Map<string, number>, value: string | undefined): number {
    if (value === undefined) return Number.NaN
    const index = known.get(value)
    if (index !== undefined) return index
    known.set(value, known.size)
    return known.size - 1
  }
  const text = (value: string | undefined): number => indexIn(indexes, value)
  const begin = (): void => {
    parts[part++] = at
    parts[part++] = line
  }

  return {
    write(operations: readonly Operation[]) {
      begin()
      for (const one of operations) {
        rows[at++] = one.id
        rows[at++] = text(one.session)
        rows[at++] = text(one.kind)
        rows[at++] = text(one.cart)
        rows[at++] = one.call
        rows[at++] = one.return
        rows[at++] = text(one.status)
        rows[at++] = text(one.error)
        rows[at++] = one.lines?.length ?? Number.NaN
        rows[at++] = text(one.product)
        rows[at++] = text(one.from)
        rows[at++] = text(one.strategy)
        // Nearly every change has a different key, and only equality matters.
        rows[at++] = indexIn(keys, one.key)
        rows[at++] = text(one.read)
        rows[at++] = one.version ?? Number.NaN
        rows[at++] = text(one.cart_status)
        rows[at++] = one.final === true ? 1 : 0
        rows[at++] = text(one.customer)
        // Few changes require a version, and most of them only one.
        rows[at++] = text(one.if_version?.join(' '))
        for (const [product, units] of one.lines ?? []) {
          lines[line++] = text(product)
          lines[line++] = units
        }
      }
    },
    /** The texts of all operations. */
    end(): readonly string[] {
      begin()
      return [...indexes.keys()]
    },
  }
}

/** The operations of one part. */
export function unpack({ rows, lines, texts, parts }: Packed, part: number): Operation[] {
  const operations: Operation[] = []
  let [at = 0, line = 0, end = 0] = parts.subarray(part * 2, part * 2 + 3)
  // The texts were validated when the history was read, and packing does not change them.
  const text = <T extends string>(): T | undefined =>
    texts[rows[at++] ?? Number.NaN] as T | undefined
  const word = <T extends string>(): T => (text() ?? '') as T
  const number = (): number => rows[at++] ?? 0
  const optional = (): number | undefined => definite(number())
  const linesOf = (count: number): Line[] | undefined => {
    if (Number.isNaN(count)) return undefined
    return Array.from({ length: count }, () => [
      texts[lines[line++] ?? 0] ?? '',
      lines[line++] ?? 0,
    ])
  }
  while (at < end) {
    operations.push({
      id: number(),
      session: word(),
      kind: word<Kind>(),
      cart: word(),
      call: number(),
      return: number(),
      status: word<Status>(),
      error: text(),
      lines: linesOf(number()),
      product: text(),
      from: text(),
      strategy: text<Strategy>(),
      key: optional()?.toString(),
      read: text<ReadMode>(),
      version: optional(),
      cart_status: text<CartStatus>(),
      final: number() === 1 ? true : undefined,
      customer: text(),
      if_version: text()?.split(' ').map(Number),
      process: '',
      intended: 0,
    })
  }
  return operations
}

function definite(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

/** Four numbers per read; `null` as NaN. */
export function packAges(ages: readonly ReadAge[]): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(ages.length * 4)
  let at = 0
  for (const { mode, since, age, behind } of ages) {
    packed[at++] = READ_MODES.indexOf(mode)
    packed[at++] = since
    packed[at++] = age ?? Number.NaN
    packed[at++] = behind ?? Number.NaN
  }
  return packed
}

export function unpackAges(packed: Float64Array): ReadAge[] {
  const ages: ReadAge[] = []
  for (let at = 0; at < packed.length; at += 4) {
    const [mode = 0, since = 0, age = Number.NaN, behind = Number.NaN] = packed.subarray(at, at + 4)
    ages.push({
      mode: READ_MODES[mode] ?? 'strong',
      since,
      age: definite(age) ?? null,
      behind: definite(behind) ?? null,
    })
  }
  return ages
}
