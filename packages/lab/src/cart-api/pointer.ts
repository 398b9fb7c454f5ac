import type { Pointer } from './api.ts'

/** Reads one value of a body (parsed JSON); `undefined` where there is none. */
export type Find = (body: unknown) => unknown

/** The element of an object that `*` selects, and its name there. */
class Entry {
  readonly key: string
  readonly value: unknown
  constructor(key: string, value: unknown) {
    this.key = key
    this.value = value
  }
}

/** A JSON pointer (RFC 6901); `@key` is the name of an element that `findAll` found in an object. */
export function compilePointer(pointer: Pointer): Find {
  if (typeof pointer === 'function') return (body) => pointer(bare(body))
  if (pointer === '@key') return (body) => (body instanceof Entry ? body.key : undefined)
  const path = partsOf(pointer)
  return (body) => path.reduce(member, bare(body))
}

/**
 * All values of a pointer in which `*` stands for every element, and `*[field=value]` for those with such a field. A
 * pointer without `*` means the elements of its array.
 *
 * @returns `undefined` where an array is missing; `null` where it is null
 */
export function compileAll(pointer: Pointer): (body: unknown) => unknown[] | null | undefined {
  if (typeof pointer === 'function') {
    return (body) => {
      const found = pointer(body)
      return found === null || Array.isArray(found) ? found : undefined
    }
  }
  const path = partsOf(pointer)
  if (path.some(isWildcard)) return (body) => selectAll(body, path)
  return (body) => {
    const found = path.reduce(member, body)
    return found === null || Array.isArray(found) ? found : undefined
  }
}

function selectAll(body: unknown, path: readonly string[]): unknown[] | null | undefined {
  const at = path.findIndex(isWildcard)
  if (at < 0) return [path.reduce(member, bare(body))]
  const list = path.slice(0, at).reduce(member, bare(body))
  if (list === null) return null
  if (typeof list !== 'object') return undefined
  const wanted = conditionOf(path[at] ?? '')
  const elements = Array.isArray(list)
    ? list
    : Object.entries(list).map(([key, value]) => new Entry(key, value))
  const rest = path.slice(at + 1)
  const found = elements.filter(wanted)
  if (rest.length === 0) return found
  const below = found.map((element) => selectAll(element, rest))
  return below.every((some) => some !== undefined && some !== null) ? below.flat() : undefined
}

function conditionOf(part: string): (element: unknown) => boolean {
  const [, field, value] = /^\*\[(.+?)=(.*)\]$/.exec(part) ?? []
  if (field === undefined) return () => true
  return (element) => String(member(bare(element), field)) === value
}

function isWildcard(part: string): boolean {
  return /^\*(\[.+?=.*\])?$/.test(part)
}

function partsOf(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

function bare(body: unknown): unknown {
  return body instanceof Entry ? body.value : body
}
