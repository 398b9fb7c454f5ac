/** The object in a line of a history, before validation. */
export type Fields = Readonly<Record<string, unknown>>

/** A line is invalid. `message` needs only the line number before it. */
export class BadField extends Error {}

/** Keeps equal strings once: a million operations name few carts, sessions and products. */
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

/** An integer >= 0 that a double represents exactly. */
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

/** The result of `read`; `undefined` if the line lacks the field. */
export function optional<T>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => T,
): T | undefined {
  return fields[name] === undefined ? undefined : read(fields, name)
}
