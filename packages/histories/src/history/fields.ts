/** The object that a line of a history holds, before it is known to be sound. */
export type Fields = Readonly<Record<string, unknown>>

/** What is wrong with a line, in words that need no more than its number before them. */
export class BadField extends Error {}

/** Strings that occur again and again, kept once: a million operations name few carts, sessions and products. */
export type Intern = (text: string) => string

export function createIntern(): Intern {
  const kept = new Map<string, string>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    kept.set(text, text)
    return text
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new BadField(`${name} must be a text`)
  return value
}

/** An integer >= 0 that a double holds exactly. */
export function countOf(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new BadField(`${name} must be an integer >= 0`)
  }
  return value
}

export function oneOf<T extends string>(fields: Fields, name: string, known: readonly T[]): T {
  const value = fields[name]
  const found = known.find((word) => word === value)
  if (found === undefined) throw new BadField(`${name} must be one of ${known.join(', ')}`)
  return found
}

export function flagOf(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw new BadField(`${name} must be true or false`)
  return value
}

export function listOf<T>(fields: Fields, name: string, read: (item: unknown) => T): T[] {
  const value = fields[name]
  if (!Array.isArray(value)) throw new BadField(`${name} must be a list`)
  return value.map(read)
}

/** What `read` makes of the field, or `undefined` where the line has none. */
export function optional<T>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => T,
): T | undefined {
  return fields[name] === undefined ? undefined : read(fields, name)
}
