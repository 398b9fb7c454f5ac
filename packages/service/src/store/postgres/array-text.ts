/**
 * An array of numbers or UUIDs in PostgreSQL's text form, as a parameter. `pg` searches every element for characters to escape, and
 * quotes it, which the server has to undo.
 */
export function plainArray(values: readonly (number | string | undefined)[]): string {
  let text = ''
  for (const value of values) text += `,${value ?? 'NULL'}`
  return `{${text.slice(1)}}`
}

/** As `plainArray`, of any texts. */
export function textArray(values: readonly string[]): string {
  let text = ''
  for (const value of values) text += `,"${SPECIAL.test(value) ? escaped(value) : value}"`
  return `{${text.slice(1)}}`
}

const SPECIAL = /["\\]/

function escaped(value: string): string {
  return value.replace(/["\\]/g, '\\$&')
}

/**
 * The elements of a one-dimensional array without NULLs in PostgreSQL's text form, `{a,"b c"}`. Cheaper than the parser of `pg`,
 * which reads character by character.
 */
export function parseTextArray(text: string | null): string[] {
  if (text === null || text === '{}') return []
  const inner = text.slice(1, -1)
  if (!inner.includes('"')) return inner.split(',')
  if (!inner.includes('\\') && inner.startsWith('"') && inner.endsWith('"')) {
    // All elements are quoted, unless one that is not stands between two that are.
    const elements = inner.slice(1, -1).split('","')
    if (!elements.some((element) => element.includes('"'))) return elements
  }
  return Array.from(inner.matchAll(ELEMENT), ([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replace(/\\(.)/gs, '$1'),
  )
}

const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,"]+)/gs

/** As `parseTextArray`, of an array of integers. */
export function parseNumberArray(text: string | null): number[] {
  if (text === null || text === '{}') return []
  return text.slice(1, -1).split(',').map(Number)
}
