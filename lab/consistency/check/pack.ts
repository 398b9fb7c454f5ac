import {
  type CartStatus,
  type Kind,
  type Line,
  type Operation,
  READ_MODES,
  type ReadMode,
  type Status,
  type Strategy,
} from '../../history/operation.ts'
import type { ReadAge } from './staleness.ts'

/**
 * Operations as flat numbers, which move to another thread without a copy; texts are indexes of a table. Cloning the
 * objects costs as much as checking them (5-9 us each for both ends, against 1.5 us for packing and unpacking). Only what the checks
 * of carts look at is packed: violations are put back on the originals by id.
 */
export interface Packed {
  readonly rows: Float64Array<ArrayBuffer>
  readonly lines: Float64Array<ArrayBuffer>
  readonly texts: readonly string[]
}

/** Numbers of a row: the fields below in this order, undefined as NaN. */
const WIDTH = 19

export function pack(operations: readonly Operation[]): Packed {
  const rows = new Float64Array(operations.length * WIDTH)
  const indexes = new Map<string, number>()
  const lines: number[] = []
  function text(value: string | undefined): number {
    if (value === undefined) return Number.NaN
    const known = indexes.get(value)
    if (known !== undefined) return known
    indexes.set(value, indexes.size)
    return indexes.size - 1
  }
  let at = 0
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
    rows[at++] = text(one.key)
    rows[at++] = text(one.read)
    rows[at++] = one.version ?? Number.NaN
    rows[at++] = text(one.cart_status)
    rows[at++] = one.final === true ? 1 : 0
    rows[at++] = text(one.customer)
    // Few changes have a condition, and of few versions.
    rows[at++] = text(one.if_version?.join(' '))
    for (const line of one.lines ?? []) lines.push(text(line[0]), line[1])
  }
  return { rows, lines: new Float64Array(lines), texts: [...indexes.keys()] }
}

export function unpack({ rows, lines, texts }: Packed): Operation[] {
  const operations: Operation[] = []
  let at = 0
  let line = 0
  // What went in comes out: the types of the words were checked when the history was read.
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
  while (at < rows.length) {
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
      key: text(),
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

/** Four numbers of each read; `null` as NaN. */
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
