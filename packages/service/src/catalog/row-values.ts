import type { Row } from './rows.ts'

/** The first value that is not empty, of columns or paths. */
export function pick({ fields }: Row, columns: string | readonly string[] | undefined): unknown {
  for (const column of [columns ?? []].flat()) {
    const value = Object.hasOwn(fields, column) ? fields[column] : atPath(fields, column)
    if (!isEmpty(value)) return value
  }
  return undefined
}

function atPath(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = fields
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

export function textOf(value: unknown): string {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' || typeof one === 'number' ? String(one).trim() : ''
}

/** A value for a message: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
